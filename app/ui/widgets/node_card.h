// Clients and ZooKeeper on the stage.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/stage.h"

namespace app::ui {

float client_card_height(const ClientCardVm& vm);
void client_card(Ui& ui, const Rect& rect, const ClientCardVm& vm);

constexpr float kZooKeeperHeight = 40;
void zookeeper_card(Ui& ui, const Rect& rect, const ZooKeeperCardVm& vm);

}  // namespace app::ui
