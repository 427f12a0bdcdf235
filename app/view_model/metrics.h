// The Metrics view: small charts over the lesson's own clock, all with one time axis and one cursor; beside each its
// value now and where the lesson stood last. Read from the history alone.
#pragma once

#include "app/view_model/base.h"
#include "app/view_model/page.h"

namespace app {

struct MetricLineVm {
    std::string name;            // "" a single line needs none
    std::vector<double> values;  // one a bucket of the time axis
    bool second = false;         // drawn dashed
};

struct MetricVm {
    std::string title;     // "Waiting for an answer"
    std::string unit;      // "records"
    std::string now, was;  // was "" if it is the same
    std::vector<MetricLineVm> lines;
    double top = 1;        // of the axis
    std::string sentence;  // how to read it
};

enum class MetricMarkKind : u8 { broken, elected, mended };
struct MetricMarkVm {
    double at = 0;  // share of the axis
    MetricMarkKind kind = MetricMarkKind::broken;
    std::string text;
    std::string object;
};

struct MetricTickVm {
    double at = 0;
    std::string text;
};

struct MetricsVm {
    PageHeadVm head;
    i64 from_ns = 0, to_ns = 0;
    double now = 0;  // share of the axis; what lies right of it has been run and is not yet shown
    std::vector<MetricTickVm> ticks;
    std::vector<MetricMarkVm> marks;
    std::vector<MetricVm> metrics;
};

}  // namespace app
