#include "engine/dfs/dfs_client.h"

#include <algorithm>

namespace engine::dfs {
namespace {

constexpr sim::Nanos kRetry = sim::millis(500);
static_assert(kRetry.count > 0);

void send(DfsClient& client, sim::Env& env, const DfsRequest& request) {
    MR_ASSERT(client.connected);
    env.send(client.connection, to_frame(request), request_label(request.op));
}

}  // namespace

void start(DfsClient& client, sim::Env& env) {
    MR_ASSERT(client.server != sim::kNoNode && client.timer_kind != 0);
    client.connected = false;
    client.connection = env.connect(client.server, kDfsPort);
}

sim::u64 ask(DfsClient& client, sim::Env& env, DfsOp op, std::string path, std::string bytes) {
    DfsRequest request;
    request.op = op;
    request.tag = client.next_tag++;
    request.path = std::move(path);
    request.bytes = std::move(bytes);
    request.sent = client.connected;
    if (client.connected) send(client, env, request);
    client.open.push_back(std::move(request));
    return client.next_tag - 1;
}

bool concerns(const DfsClient& client, const sim::Notice& notice) {
    if (notice.kind == sim::NoticeKind::timer) return notice.timer_kind == client.timer_kind;
    return client.connection && notice.connection == client.connection;
}

std::optional<DfsAnswer> on_notice(DfsClient& client, sim::Env& env, sim::Notice& notice) {
    MR_ASSERT(concerns(client, notice));
    if (notice.kind == sim::NoticeKind::timer) return start(client, env), std::nullopt;
    if (notice.kind == sim::NoticeKind::connected) {
        client.connected = true;
        for (DfsRequest& request : client.open) {
            send(client, env, request);
            request.resent = request.sent;
            request.sent = true;
        }
    }
    if (notice.kind == sim::NoticeKind::closed) {
        client.connected = false;
        client.connection = {};
        client.retry = env.timer(kRetry, client.timer_kind, 0);
    }
    if (notice.kind != sim::NoticeKind::frame) return std::nullopt;
    auto answer = read_answer(*notice.frame);
    MR_ASSERT(answer.has_value());
    const auto at = std::ranges::find(client.open, answer->tag, &DfsRequest::tag);
    if (at == client.open.end()) return std::nullopt;
    if (answer->status == DfsStatus::exists && at->resent) answer->status = DfsStatus::ok;
    client.open.erase(at);
    return answer;
}

}  // namespace engine::dfs
