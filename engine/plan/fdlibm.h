// exp and log as Java's StrictMath computes them (the algorithms of fdlibm), which differ from the C library's in the
// last bit of some results. Spark uses StrictMath for exponentials and logarithms.
#pragma once

namespace engine::spark {

double strict_exp(double x);
double strict_log(double x);
double strict_log10(double x);

}  // namespace engine::spark
