#include "app/lab/follow.h"

#include <fmt/format.h>

namespace app::lab {

std::string speed_text(const Pace& pace) {
    if (pace.per_mille == 0) return "max";
    if (pace.per_mille % 1000 == 0) return fmt::format("{}x", pace.per_mille / 1000);
    std::string digits = fmt::format("{:03}", pace.per_mille % 1000);
    while (digits.back() == '0') digits.pop_back();
    return fmt::format("{}.{}x", pace.per_mille / 1000, digits);
}

}  // namespace app::lab
