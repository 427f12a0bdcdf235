// Sections: reading the recording; numbers of fetch sessions; the talk.
#include "app/proof/recordings/kafka_talk.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "app/proof/recordings/answer_compare.h"
#include "app/proof/recordings/talk_client.h"
#include "app/proof/story/ops.h"
#include "app/proof/story/probe.h"
#include "app/proof/vectors/values.h"
#include "engine/broker/broker_node.h"
#include "engine/broker/handlers.h"
#include "engine/model/json.h"
#include "engine/wire/messages/init_producer_id.h"
#include "engine/wire/messages/produce.h"
#include "engine/wire/messages/registry.h"
#include "engine/wire/record_batch.h"
#include "sim/base/big_endian.h"

namespace app::proof {
namespace {

namespace wire = engine::wire;
using sim::u8;

constexpr sim::Nanos kPatience = sim::seconds(30);
constexpr sim::Nanos kRetryEvery = sim::millis(100);
constexpr int kRetries = 50;
constexpr sim::Nanos kUnanswered = sim::millis(20);  // what a request without an answer is given to be carried out
constexpr std::size_t kMostComplaints = 6;

// ---- reading the recording ------------------------------------------------------------------------

AnswerBytes hex_bytes(const Json& json) { return vectors::from_hex(json); }

/// A request as it is sent, and what its header says.
struct SentRequest {
    AnswerBytes bytes;
    wire::RequestHeader header;
    std::size_t body = 0;  // where it begins
};

SentRequest request_of(const Json& hex) {
    SentRequest request{hex_bytes(hex), {}, 0};
    wire::Reader in(request.bytes);
    if (!wire::read_request_header(in, request.header))
        throw std::invalid_argument("a recorded request has no header: " + hex.get<std::string>());
    request.body = in.position();
    return request;
}

template <class Request>
std::optional<Request> body_of(const SentRequest& sent) {
    wire::Reader in(std::span(sent.bytes).subspan(sent.body));
    Request request;
    if (sent.header.api != Request::kApi || !wire::decode(in, request, sent.header.version)) return {};
    return request;
}

/// When the first record was written; nothing if the request writes none.
std::optional<i64> first_timestamp(const SentRequest& sent) {
    const auto produce = body_of<wire::ProduceRequest>(sent);
    if (!produce) return {};
    for (const auto& topic : produce->topic_data)
        for (const auto& partition : topic.partition_data) {
            if (partition.records.slices.empty()) continue;
            const auto header = wire::read_header(partition.records.slices[0].bytes());
            if (header) return header->base_timestamp;
        }
    return {};
}

/// The recording's own time: brokers refuse records that come from their future.
std::optional<i64> wall_clock_of(const Json& talk) {
    std::optional<i64> first;
    const auto see = [&](const Json& hex) {
        if (const auto at = first_timestamp(request_of(hex)); at && (!first || *at < *first)) first = at;
    };
    for (const Json& op : talk.value("setup", Json::array()))
        if (op.at("op") == "request") see(op.at("hex"));
    for (const Json& exchange : talk.at("exchanges")) see(exchange.at("request_hex"));
    return first;
}

std::vector<ByteRange> mask_of(const Json& exchange) {
    std::vector<ByteRange> mask;
    for (const Json& range : exchange.value("mask", Json::array())) mask.push_back({range.at(0), range.at(1)});
    return mask;
}

Json story_of(const Json& talk) {
    Json story{{"cluster", talk.at("cluster")}, {"setup", talk.value("setup", Json::array())}};
    if (const auto at = wall_clock_of(talk)) story["wall_clock_ms"] = *at;
    return story;
}

// ---- numbers of fetch sessions --------------------------------------------------------------------

/// Where the session's number stands in a message; nothing if it has none.
std::optional<std::size_t> place_of_session(const wire::RequestHeader& header, wire::Direction direction,
                                            std::span<const u8> frame) {
    const wire::MessageOps* ops = wire::find_message(header.api, direction);
    if (header.api != wire::ApiKey::fetch || ops == nullptr || header.version < ops->lowest ||
        header.version > ops->highest)
        return {};
    wire::Reader in(frame);
    wire::RequestHeader read;
    i32 correlation_id = 0;
    const bool headed = direction == wire::Direction::request
                            ? wire::read_request_header(in, read)
                            : wire::read_response_header(in, header.api, header.version, correlation_id);
    wire::Dissection fields;
    if (!headed || !ops->dissect(in, header.version, fields)) return {};
    const auto at = std::ranges::find(fields.fields(), "session_id", &wire::DissectedField::name);
    if (at == fields.fields().end()) return {};
    return at->begin;
}

/// A broker draws the numbers of its fetch sessions: ours stand for recorded ones.
class FetchSessionNumbers {
public:
    /// The request with our number.
    [[nodiscard]] SentRequest ours(SentRequest request) const {
        const auto at = place_of_session(request.header, wire::Direction::request, request.bytes);
        if (!at) return request;
        const auto known = ours_.find(number_at(request.bytes, *at));
        if (known != ours_.end()) put_at(request.bytes, *at, known->second);
        return request;
    }

    /// Makes the number in our answer the recorded one, if it stands for it or is new on both sides.
    void as_recorded(const wire::RequestHeader& header, const AnswerBytes& recorded, AnswerBytes& answer) {
        const auto there = place_of_session(header, wire::Direction::response, recorded);
        const auto here = place_of_session(header, wire::Direction::response, answer);
        if (!there || !here) return;
        const u32 number = number_at(recorded, *there), mine = number_at(answer, *here);
        if (number == 0 || mine == 0) return;
        if (ours_.emplace(number, mine).first->second == mine) put_at(answer, *here, number);
    }

private:
    static u32 number_at(const AnswerBytes& bytes, std::size_t at) {
        return sim::load_big_endian<u32>(std::span(bytes).subspan(at, sizeof(u32)).data());
    }
    static void put_at(AnswerBytes& bytes, std::size_t at, u32 number) {
        sim::store_big_endian(std::span(bytes).subspan(at, sizeof(number)).data(), number);
    }

    std::map<u32, u32> ours_;  // by recorded number
};

// ---- the talk -----------------------------------------------------------------------------------

class KafkaTalk {
public:
    explicit KafkaTalk(StoryStage& stage)
        : stage_(stage),
          broker_(broker_node(stage, stage.spec.brokers.front().id.value)),
          desk_(stage.world, broker_, port_of_broker(stage.world, broker_)) {}

    std::vector<std::string> hold(const Json& talk) {
        for (const Json& op : talk.value("setup", Json::array())) {
            const std::string wrong = op.at("op") == "request" ? set_up(op) : run_op(op);
            if (!wrong.empty()) return {"setup: " + wrong};
        }
        std::vector<std::string> complaints;
        for (const Json& exchange : talk.at("exchanges")) {
            const std::string wrong = hold_one(exchange);
            if (!wrong.empty())
                complaints.push_back(fmt::format("{} {} on connection {}: {}", exchange.at("api").get<std::string>(),
                                                 engine::json_text(exchange.at("version")),
                                                 engine::json_text(exchange.at("connection")), wrong));
            if (complaints.size() >= kMostComplaints) break;
        }
        return complaints;
    }

private:
    std::string run_op(const Json& op) {
        const Op run = find_op(op.at("op"));
        if (run == nullptr) return "not built yet: operation " + op.at("op").get<std::string>();
        const OpResult result = run(stage_, op);
        return result ? "" : result.error();
    }

    /// What an earlier conversation left: its requests, each on a connection of its own.
    std::string set_up(const Json& op) {
        const SentRequest request = request_of(op.at("hex"));
        const i32 number = --last_setup_;
        if (!op.value("answer", true)) return unanswered(number, request);
        const auto answer = ask(number, request, true);
        pass_over_transaction(request, answer);
        desk_.close(number);
        const bool offered = engine::broker::find_range(request.header.api) != nullptr;  // others leave nothing here
        return answer || !offered
                   ? ""
                   : fmt::format("no answer to request {} of {}", -number, wire::find_api(request.header.api)->name);
    }

    /// An id that the recorded server gave to a transaction: where ours gives none, the next one gets the next id.
    void pass_over_transaction(const SentRequest& request, const std::optional<AnswerBytes>& answer) {
        const auto init = body_of<wire::InitProducerIdRequest>(request);
        if (!init || !init->transactional_id || !answer) return;
        const auto fields = read_answer(request.header, *answer);
        auto& ids = broker().memory.producer_ids;
        if (fields && fields->find("error_code")->integer != 0 && ids.next < ids.last) ++ids.next;
    }

    engine::broker::Broker& broker() {
        return stage_.world.nodes[broker_.value].edit_as<engine::broker::BrokerNode>().state;
    }

    std::string hold_one(const Json& exchange) {
        const auto mode = exchange.at("compare").get<std::string>();
        const SentRequest request = request_of(exchange.at("request_hex"));
        const i32 number = exchange.at("connection");
        if (mode == "none") return unanswered(number, sessions_.ours(request));
        if (mode != "bytes" && mode != "decoded" && mode != "ignore") return "unknown comparison: " + mode;
        const AnswerBytes recorded = hex_bytes(exchange.at("response_hex"));
        const bool was_early = asks_to_retry(request.header, recorded);
        const engine::broker::FixedChoices before = broker().settings.choices;
        auto answer = ask(number, sessions_.ours(request), !was_early);
        if (was_early)
            broker().settings.choices =
                before;  // what was chosen is for the request that the recorded broker was ready for
        if (!answer) return "no answer comes";
        sessions_.as_recorded(request.header, recorded, *answer);
        if (mode == "ignore") return "";
        return mode == "decoded" ? compare_fields(request.header, recorded, *answer)
                                 : compare_bytes(request.header, recorded, *answer, mask_of(exchange));
    }

    std::string unanswered(i32 number, const SentRequest& request) {
        desk_.send(number, request.bytes);
        pass(kUnanswered);
        return desk_.line(number).closed ? "the broker closes the connection" : "";
    }

    /// The answer; asked again while the broker asks for patience, if that is `patient`.
    std::optional<AnswerBytes> ask(i32 number, const SentRequest& request, bool patient) {
        for (int tries = 0;; ++tries) {
            desk_.send(number, request.bytes);
            auto answer = await(number, request.header.correlation_id);
            if (!answer || !patient || tries == kRetries || !asks_to_retry(request.header, *answer)) return answer;
            pass(kRetryEvery);
        }
    }

    /// Answers to requests that nobody waited for are passed over.
    std::optional<AnswerBytes> await(i32 number, i32 correlation_id) {
        const sim::Nanos limit = desk_.now() + kPatience;
        while (true) {
            TalkLine& line = desk_.line(number);
            while (!line.inbox.empty()) {
                AnswerBytes bytes = line.inbox.front()->flatten();
                line.inbox.erase(line.inbox.begin());
                if (sim::ByteReader in(bytes); in.get_i32() >= 0 && in.get_i32() == correlation_id) return bytes;
            }
            if (line.closed || !desk_.step(limit)) return {};
        }
    }

    void pass(sim::Nanos span) {
        const sim::Nanos limit = desk_.now() + span;
        while (desk_.step(limit)) {
        }
        stage_.clock = desk_.now();
    }

    StoryStage& stage_;
    FetchSessionNumbers sessions_;
    engine::NodeId broker_;
    TalkDesk desk_;
    i32 last_setup_ = 0;
};

}  // namespace

std::vector<std::string> hold_kafka_talk(const std::string& text) {
    try {
        const Json talk = engine::must_read_json<Json>(text);
        auto stage = raise_stage(story_of(talk), 1);
        if (!stage) return {stage.error()};
        return KafkaTalk(*stage).hold(talk);
    } catch (const std::exception& error) {
        return {error.what()};
    }
}

}  // namespace app::proof
