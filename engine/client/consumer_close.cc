// close(): what was handed out is committed if that happens by itself, the group is told, connections end.
#include <algorithm>

#include "engine/client/consumer_parts.h"
#include "engine/model/touch.h"
#include "sim/base/assert.h"

namespace engine::client {
namespace {

using sim::Env;
using wire::ApiKey;

constexpr Nanos kCloseTimeout = sim::seconds(30);
static_assert(kCloseTimeout > Nanos{});

void leave(Consumer& consumer, Env& env) {
    MR_ASSERT(consumer.closing == CloseStep::committing);
    consumer.closing = CloseStep::leaving;
    consumer.sync_commit.active = false;
    if (!subscribed(consumer)) return;
    leave_group(consumer, env, "the consumer is being closed");
    const bool lost = consumer.membership.generation < 0;
    drop_partitions(consumer, env, assigned_partitions(consumer), lost);
    consumer.membership.state = MemberState::unjoined;
    consumer.membership.generation = -1;
    env.touch(touch::kGroups);
}

void finish(Consumer& consumer, Env& env) {
    MR_ASSERT(consumer.closing == CloseStep::ending_sessions);
    consumer.closing = CloseStep::closed;
    consumer.requests.clear();
    consumer.fetched.clear();
    env.cancel(consumer.timer);
    close(consumer.cluster, env);
}

}  // namespace

void begin_close(Consumer& consumer, Env& env) {
    MR_ASSERT(consumer.closing == CloseStep::open);
    consumer.in_poll = false;
    consumer.closing = CloseStep::committing;
    consumer.close_until = env.now() + kCloseTimeout;
    const bool commits = consumer.config.auto_commit && !consumed_offsets(consumer).empty();
    if (!commits) consumer.sync_commit.active = false;
    else if (!consumer.sync_commit.active) commit_sync(consumer, env);
    work(consumer, env);
}

void go_on_closing(Consumer& consumer, Env& env) {
    MR_ASSERT(consumer.closing != CloseStep::open && consumer.closing != CloseStep::closed);
    const bool late = env.now() >= consumer.close_until;
    if (consumer.closing == CloseStep::committing && (!consumer.sync_commit.active || late)) leave(consumer, env);
    if (consumer.closing == CloseStep::leaving && (late || !asks(consumer, ApiKey::leave_group))) {
        consumer.closing = CloseStep::ending_sessions;
        end_fetch_sessions(consumer, env);
    }
    const bool told = consumer.closing == CloseStep::ending_sessions && !asks(consumer, ApiKey::fetch);
    if (told || (late && consumer.closing == CloseStep::ending_sessions)) finish(consumer, env);
}

}  // namespace engine::client
