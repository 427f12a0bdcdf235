// Clients and ZooKeeper on the stage.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/stage.h"

namespace app::ui {

/// How much of a client its card shows; each size is lower than the one before.
enum class ClientCardSize : u8 {
    full,       // every row
    compact,    // every row, closer, and the note beside the name
    brief,      // the first row
    name_only,
};
constexpr ClientCardSize kClientCardSizes[] = {ClientCardSize::full, ClientCardSize::compact, ClientCardSize::brief,
                                               ClientCardSize::name_only};

float client_card_height(const ClientCardVm& vm, ClientCardSize size);
/// Distance of two cards of a column.
float client_card_gap(ClientCardSize size);
/// Where links leave and reach the card, from its top: its first row.
float client_card_port(ClientCardSize size);
void client_card(Ui& ui, const Rect& rect, const ClientCardVm& vm, ClientCardSize size);

constexpr float kZooKeeperHeight = 40;
void zookeeper_card(Ui& ui, const Rect& rect, const ZooKeeperCardVm& vm);

}  // namespace app::ui
