// Controlled shutdown: a broker that is asked to stop lets the controller move its leaderships away, writes what a
// clean start needs, closes its ZooKeeper session and ends. Order and retries are those of KafkaServer.shutdown.
#pragma once

#include "engine/wire/channel.h"
#include "sim/kernel/env.h"

namespace engine::broker {

enum class ShutdownStep : u8 {
    none,
    asking,   // the controller moves our leaderships
    closing,  // everything is written; the ZooKeeper session ends
};

struct Shutdown {
    ShutdownStep step = ShutdownStep::none;
    i32 attempts = 0;
    wire::Channel channel;  // to the controller
    sim::TimerId retry;
};

struct Ctx;

/// Begins to stop. Once only; a broker that has not come up yet ends at once.
void begin_shutdown(Ctx ctx);
void on_shutdown_retry(Ctx ctx);
/// True if the notice was for the connection to the controller.
bool on_shutdown_notice(Ctx ctx, sim::Notice& notice);
/// What a broker that is closing still hears: the end of its session.
void on_notice_while_closing(Ctx ctx, const sim::Notice& notice);

}  // namespace engine::broker
