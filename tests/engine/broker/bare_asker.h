// Somebody who asks one broker of a small cluster with bare requests and reads its answers.
#pragma once

#include <catch2/catch_test_macros.hpp>

#include "app/proof/recordings/talk_client.h"
#include "tests/engine/tools/small_cluster.h"

namespace tests {

/// An error as answers carry it.
inline engine::ErrorCode code(sim::i16 number) { return static_cast<engine::ErrorCode>(number); }

struct BareAsker : SmallCluster {
    void connect(engine::BrokerId broker = engine::BrokerId{1}) {
        self = add({"asker", engine::NodeKind::console, engine::kNoBroker, true},
                   std::make_unique<app::proof::TalkNode>());
        world.machine.start(self);
        engine::act_on(world, self, notebook, [&](engine::NodeCode& code, sim::Env& env) {
            app::proof::TalkLine line;
            line.connection = env.connect(world.broker_node(broker), static_cast<sim::u16>(9091 + broker.value));
            static_cast<app::proof::TalkNode&>(code).state.lines.push_back(line);
        });
        pass(sim::millis(50));
    }
    app::proof::TalkLine& line() { return world.nodes[self.value].edit_as<app::proof::TalkNode>().state.lines.front(); }

    template <class Response, class Request>
    Response ask(const Request& request, sim::i16 version) {
        const sim::ConnectionId connection = line().connection;
        engine::act_on(world, self, notebook, [&](engine::NodeCode&, sim::Env& env) {
            env.send(connection, engine::wire::request_frame(request, version, 1, "asker"), 0);
        });
        for (int i = 0; i < 60 && line().inbox.empty(); ++i) pass(sim::millis(50));
        REQUIRE_FALSE(line().inbox.empty());
        const auto frame = line().inbox.front();
        line().inbox.erase(line().inbox.begin());
        engine::wire::Reader in(*frame);
        sim::i32 correlation_id = 0;
        Response response;
        REQUIRE((engine::wire::read_response_header(in, Request::kApi, version, correlation_id) &&
                 decode(in, response, version) && in.done()));
        return response;
    }

    engine::NodeId self;
};

}  // namespace tests
