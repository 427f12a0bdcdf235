// Be the node: a person decides in the place of a controller, of a query or of a group's leader; a copy of the world
// runs on until the real one has decided, and says whether it is the same, or by which rule it is not. The world itself
// stays where it is.
//
//   decide leader orders-0 2                     who leads next
//   decide watermark counts 12:11:00             after the next batch
//   decide row words-0 8 drop|keep               when a query has read it
//   decide partitions warehouse orders-0,orders-1   after the next rebalance
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/lab/run/run.h"

namespace app::lab {

enum class Decided : sim::u8 {
    accepted,    // the system decides the same
    refused,     // it decides otherwise: `text` names the rule
    undecided,   // nothing was decided in the time that was waited
    not_a_line,  // `text` says what is wrong with it
};

struct Decision {
    Decided outcome = Decided::not_a_line;
    std::string text;  // one or two sentences with the numbers
};

/// What can be decided, as it is written; for lists and for messages.
const std::vector<std::string>& decision_forms();
/// `line` without its first word.
Decision decide(const Run& run, std::string_view line);

}  // namespace app::lab
