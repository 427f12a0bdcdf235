// The inspector: what this step changed, why, and the state of what is selected.
#pragma once

#include <string>
#include <vector>

#include "app/view_model/lamps.h"

namespace app {

struct ChangeVm {
    std::string label;           // "high watermark"
    std::string was;
    std::string now;
    bool same = false;           // shown because one would expect it to change
    std::string object;          // what a click explains; "" nothing
};

enum class CauseMark : u8 { plain, broken, here };

/// One fact of the chain that led here, oldest first.
struct CauseVm {
    std::string time;            // "10.200"
    std::string text;            // "Session of broker 1 expires"
    CauseMark mark = CauseMark::plain;
    std::string object;          // "fact 455.0": a click goes there
};

struct StateRowVm {
    std::string label;           // "leader epoch"
    std::string was;             // "0"; "" if it did not change
    std::string now;
};

struct InspectorVm {
    std::string heading;         // "WHAT CHANGED", "SELECTED"
    std::string step;            // "step 486"
    std::string title;           // "Broker 2 parks a produce request"
    std::string text;            // Markdown
    std::vector<ChangeVm> changes;
    std::string why_heading;     // "WHY", "WHY NOT BROKER 2"
    std::vector<CauseVm> causes;
    std::string rule;            // Markdown; "" while it is shut
    bool rule_shut = false;      // an open question keeps it shut
    std::string rule_shut_text;  // "The rule opens when you have answered."
    std::string why_question;    // "Why did broker 2 get order 9?"; "" none
    std::string why_object;
    std::string state_heading;   // "STATE OF orders-0"
    std::vector<StateRowVm> state;
    std::vector<LampVm> lamps;
    std::string absent;          // "not present at this time": the selection has no state here
    // The caption that stands for the whole inspector on a narrow screen.
    std::string key_label, key_value;        // "high watermark now", "min(10, 9) = 9"
    std::string key_label_2, key_value_2;    // "answered at", "HW 10"
};

}  // namespace app
