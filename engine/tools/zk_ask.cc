#include "engine/tools/zk_ask.h"

#include "engine/tools/tool.h"

namespace engine::tools {

constexpr i32 kToolSessionMs = 30'000;

bool open_ask(ToolCall& call, ZkAsk& ask, const std::string& connect) {
    MR_ASSERT(!ask.running);
    if (!point_at_zookeeper(call, connect, ask.client)) return false;
    ask.client.asked_timeout_ms = kToolSessionMs;
    ask.running = true;
    zookeeper::open(ask.client, call.env);
    return true;
}

void ask_zookeeper(ToolCall& call, ZkAsk& ask, std::vector<zookeeper::ZkRequest> requests) {
    MR_ASSERT(ask.running && ask.missing == 0 && !requests.empty());
    ask.answers.assign(requests.size(), {});
    ask.missing = static_cast<u32>(requests.size());
    for (u64 i = 0; i < requests.size(); ++i) submit(ask.client, call.env, std::move(requests[i]), i);
}

void close_ask(ToolCall& call, ZkAsk& ask) {
    MR_ASSERT(!call.command.finished);
    if (ask.running) zookeeper::close(ask.client, call.env);
    ask.running = false;
}

void end_ask(ToolCall& call, ZkAsk& ask, i32 exit_code) {
    MR_ASSERT(exit_code >= 0);
    close_ask(call, ask);
    finish(call, exit_code);
}

bool on_ask_notice(ToolCall& call, ZkAsk& ask, sim::Notice& notice) {
    if (!ask.running || !concerns(ask.client, notice)) return false;
    const bool waited = ask.missing > 0;
    for (zookeeper::ZkEvent& event : zookeeper::on_notice(ask.client, call.env, notice)) {
        if (event.kind != zookeeper::ZkEventKind::reply) continue;
        MR_ASSERT(event.tag < ask.answers.size() && ask.missing > 0);
        ask.answers[event.tag] = std::move(event.result);
        --ask.missing;
    }
    return waited && ask.missing == 0;
}

}  // namespace engine::tools
