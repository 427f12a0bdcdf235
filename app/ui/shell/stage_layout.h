// Where the cards of the stage stand and how its links run: a pure function of what is on the stage and the room there
// is. Brokers in the middle, producers left, consumers right, ZooKeeper above on the right. Cards of clients get lower
// until a side fits.
#pragma once

#include <string>
#include <vector>

#include "app/ui/geometry.h"
#include "app/ui/widgets/node_card.h"
#include "app/ui/widgets/wire.h"
#include "app/view_model/stage.h"

namespace app::ui {

struct PlacedLink {
    std::size_t link = 0;      // index into StageVm::links
    Path path;                 // from LinkVm::from to LinkVm::to
    float label_side = 0;
};

struct StagePlan {
    StageZoom zoom = StageZoom::broker;    // what fits
    Rect zookeeper;
    std::vector<Rect> brokers;             // as StageVm::brokers
    std::vector<Rect> clients;             // as StageVm::clients
    std::vector<ClientCardSize> client_sizes;   // the same
    std::vector<PlacedLink> links;
    float tape_indent = 96;
    Rect legend;                           // empty: no room
};

/// The same without what repeats other marks, one thing after the other until the brokers fit: LSO flags that stand at
/// the high watermark, epoch marks, waits but the first.
StageVm fitted(const Rect& area, const StageVm& vm);

StagePlan plan_stage(const Rect& area, const StageVm& vm);

}  // namespace app::ui
