// Questions of a tool to ZooKeeper: a batch of requests, and what came back when all of it is there.
#pragma once

#include "engine/zookeeper/client.h"

namespace engine::tools {

struct ToolCall;

struct ZkAsk {
    zookeeper::ZkClient client;
    bool running = false;
    std::vector<zookeeper::ZkResult> answers;   // of the batch, in its order
    u32 missing = 0;
};

/// Opens a session at "host:port[/path]". False if nobody has that address.
bool open_ask(ToolCall& call, ZkAsk& ask, const std::string& connect);
/// Sends a batch; it may be empty only if nothing is awaited.
void ask_zookeeper(ToolCall& call, ZkAsk& ask, std::vector<zookeeper::ZkRequest> requests);
/// Ends the session, if there is one.
void close_ask(ToolCall& call, ZkAsk& ask);
/// Ends the tool: its session, if it has one, and its process.
void end_ask(ToolCall& call, ZkAsk& ask, i32 exit_code);
/// Takes a notice. True when the batch is complete.
bool on_ask_notice(ToolCall& call, ZkAsk& ask, sim::Notice& notice);

}  // namespace engine::tools
