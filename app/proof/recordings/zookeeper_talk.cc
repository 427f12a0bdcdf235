// Sections: texts and bytes; numbers of the recording and ours; one answer compared; the talk.
#include "app/proof/recordings/zookeeper_talk.h"

#include <fmt/format.h>

#include <map>

#include "app/proof/masks/pattern.h"
#include "app/proof/recordings/talk_client.h"
#include "app/proof/story/stage.h"
#include "app/proof/vectors/values.h"
#include "engine/model/json.h"
#include "engine/zookeeper/server.h"

namespace app::proof {
namespace {

namespace zk = engine::zookeeper;
using sim::u8;
using Bytes = std::vector<u8>;

constexpr sim::Nanos kSessionPatience = sim::seconds(60);
constexpr sim::Nanos kPingEvery = sim::millis(500);
constexpr i32 kReplyHead = 20;   // length, xid, zxid, error

i64 integer_at(std::span<const u8> bytes, std::size_t at, std::size_t length) {
    u64 value = 0;
    for (std::size_t i = 0; i < length && at + i < bytes.size(); ++i) value = value << 8 | bytes[at + i];
    return static_cast<i64>(value);
}
void put_at(Bytes& bytes, std::size_t at, u64 value, std::size_t length) {
    for (std::size_t i = 0; i < length; ++i) bytes.at(at + i) = static_cast<u8>(value >> (8 * (length - 1 - i)));
}
i32 xid_of(std::span<const u8> frame) { return static_cast<i32>(integer_at(frame, 4, 4)); }

/// Lists of names come in the order of a hash: sorted where they stand.
void sort_names(Bytes& frame, std::string_view op) {
    if (op != "getChildren" && op != "getChildren2" && op != "getEphemerals") return;
    if (frame.size() < kReplyHead + 4 || integer_at(frame, 16, 4) != 0) return;
    sim::ByteReader in(std::span<const u8>(frame).subspan(kReplyHead));
    std::vector<std::string> names(static_cast<std::size_t>(std::max(in.get_i32(), 0)));
    for (std::string& name : names) name = in.get_text(static_cast<u32>(in.get_i32()));
    std::ranges::sort(names);
    std::size_t at = kReplyHead + 4;
    for (const std::string& name : names) {
        put_at(frame, at, name.size(), 4);
        std::ranges::copy(name, frame.begin() + static_cast<std::ptrdiff_t>(at + 4));
        at += 4 + name.size();
    }
}

// ---- numbers of the recording and ours ------------------------------------------------------------

enum class ZxidRule : u8 { exact, relative, ignored };

/// What stands in our run for what the recording has.
struct Stand {
    std::map<i64, i64> sessions;                    // recorded id -> ours
    std::map<i64, std::string> recorded_passwords;  // by recorded id, in hex
    std::map<i64, i64> zxids;                       // relative: recorded -> ours
};

ZxidRule zxid_rule(const Json& talk) {
    const auto text = talk.value("zxid", "exact");
    return text == "exact" ? ZxidRule::exact : text == "relative" ? ZxidRule::relative : ZxidRule::ignored;
}

/// The recorded request with our session, password and transaction numbers.
Bytes our_request(const Json& exchange, const Stand& stand, ZxidRule rule) {
    Bytes bytes = vectors::from_hex(exchange.at("request_hex"));
    i64 session = 0;
    for (const Json& mask : exchange.value("mask_request", Json::array())) {
        const auto at = mask[0].get<std::size_t>(), length = mask[1].get<std::size_t>();
        const auto kind = mask[2].get<std::string>();
        if (kind == "session" && (session = integer_at(bytes, at, length), stand.sessions.contains(session)))
            put_at(bytes, at, static_cast<u64>(stand.sessions.at(session)), length);
        if (kind == "passwd" && stand.recorded_passwords.contains(session) &&
            vectors::to_hex(std::span(bytes).subspan(at, length)) == stand.recorded_passwords.at(session))
            std::ranges::copy(zk::session_passwd(stand.sessions.at(session)),
                              bytes.begin() + static_cast<std::ptrdiff_t>(at));
        if (kind != "zxid" || rule == ZxidRule::exact) continue;
        const auto known = stand.zxids.upper_bound(integer_at(bytes, at, length));
        put_at(bytes, at, known == stand.zxids.begin() ? 0 : static_cast<u64>(std::prev(known)->second), length);
    }
    return bytes;
}

void learn_session(const Json& exchange, std::span<const u8> ours, Stand& stand) {
    if (exchange.at("op") != "connect" || ours.size() < 40 || exchange.at("response_hex").is_null()) return;
    const Bytes recorded = vectors::from_hex(exchange["response_hex"]);
    const i64 id = integer_at(recorded, 12, 8);
    if (id == 0) return;
    stand.sessions[id] = integer_at(ours, 12, 8);
    stand.recorded_passwords[id] = vectors::to_hex(std::span(recorded).subspan(24, 16));
}

/// Ascending numbers of the recording stand for ascending numbers of ours.
bool keeps_order(std::map<i64, i64>& pairs, i64 recorded, i64 ours) {
    if (recorded <= 0) return recorded == ours;
    const auto [at, fresh] = pairs.emplace(recorded, ours);
    if (!fresh) return at->second == ours;
    const bool good = (at == pairs.begin() || std::prev(at)->second < ours) &&
                      (std::next(at) == pairs.end() || std::next(at)->second > ours);
    if (!good) pairs.erase(at);
    return good;
}

// ---- one answer compared ------------------------------------------------------------------------

struct Masked {
    const Json& exchange;
    Stand& stand;
    ZxidRule rule;

    /// What a masked field says wrong; then it is made equal to the recorded one.
    std::string compare(const Json& mask, const Bytes& recorded, Bytes& ours) const {
        const auto at = mask[0].get<std::size_t>(), length = mask[1].get<std::size_t>();
        const auto kind = mask[2].get<std::string>();
        const i64 theirs = integer_at(recorded, at, length), mine = integer_at(ours, at, length);
        const bool copy = kind != "zxid" || rule != ZxidRule::exact;
        if (copy)
            std::copy_n(recorded.begin() + static_cast<std::ptrdiff_t>(at), length,
                        ours.begin() + static_cast<std::ptrdiff_t>(at));
        if (kind == "session" && theirs != 0 && (!stand.sessions.contains(theirs) || stand.sessions[theirs] != mine))
            return fmt::format("session 0x{:x} where 0x{:x} was recorded", mine, theirs);
        if (kind == "zxid" && rule == ZxidRule::relative && !keeps_order(stand.zxids, theirs, mine))
            return fmt::format("transaction {} where {} was recorded", mine, theirs);
        return "";
    }
};

std::string difference(const Json& exchange, Bytes ours, Stand& stand, ZxidRule rule) {
    Bytes recorded = vectors::from_hex(exchange.at("response_hex"));
    const auto op = exchange.at("op").get<std::string>();
    learn_session(exchange, ours, stand);
    sort_names(recorded, op);
    sort_names(ours, op);
    const auto shown = [&] {
        return fmt::format("{} instead of {} ({})", vectors::to_hex(ours), vectors::to_hex(recorded),
                           engine::json_text(exchange["response"]));
    };
    if (ours.size() != recorded.size()) return shown();
    for (const Json& mask : exchange.value("mask_response", Json::array()))
        if (const std::string wrong = Masked{exchange, stand, rule}.compare(mask, recorded, ours); !wrong.empty())
            return wrong;
    return ours == recorded ? "" : shown();
}

// ---- the talk -----------------------------------------------------------------------------------

enum class Move : u8 { send, receive, close };
struct Turn {
    i64 seq = 0;
    Move move = Move::send;
    const Json* exchange = nullptr;
};

std::vector<Turn> turns_of(const Json& talk) {
    std::vector<Turn> turns;
    for (const Json& exchange : talk.at("exchanges")) {
        if (exchange.contains("seq")) turns.push_back({exchange["seq"], Move::close, &exchange});
        if (exchange.contains("seq_request")) turns.push_back({exchange["seq_request"], Move::send, &exchange});
        if (exchange.contains("seq_response")) turns.push_back({exchange["seq_response"], Move::receive, &exchange});
    }
    std::ranges::stable_sort(turns, {}, &Turn::seq);
    return turns;
}

/// Events between a connection's answer to `connect` and the next answers: of changes nobody in the recording made.
std::vector<const Json*> events_after(const Json& talk, const Json& connect) {
    std::vector<const Json*> events;
    const Json* watches = nullptr;
    for (const Json& e : talk.at("exchanges"))
        if (e.at("connection") == connect.at("connection") && e.at("op") == "setWatches") watches = &e;
    if (watches == nullptr) return events;
    for (const Json& e : talk.at("exchanges"))
        if (e.at("connection") == connect.at("connection") && e.at("op") == "notification" &&
            e.at("seq_response") < watches->at("seq_response"))
            events.push_back(&e);
    return events;
}

/// The recorded request of this kind on a path, from a moment on; nullptr if there is none.
const Json* request_about(const Json& talk, std::string_view op, const std::string& path, i64 from = 0) {
    for (const Json& e : talk.at("exchanges"))
        if (e.contains("seq_request") && e["seq_request"] >= from && e.at("op") == op &&
            e["request"].value("path", "") == path)
            return &e;
    return nullptr;
}

zk::ZkRequest deed(zk::ZkOp op, const std::string& path, const std::string& data) {
    zk::ZkRequest request;
    request.op = op;
    request.path = path;
    request.data = zk::ZkData::of(data);
    request.version = -1;
    if (op == zk::ZkOp::create) request.acl.emplace_back();
    return request;
}

/// What another client must have done for a client that comes back to be told what it was told; its goodbye last.
std::vector<zk::ZkRequest> unseen_deeds(const Json& talk, const Json& connect) {
    std::vector<zk::ZkRequest> writes, children, creations;
    const i64 from = connect.at("seq_request");
    for (const Json* event : events_after(talk, connect)) {
        const auto path = event->at("response").at("path").get<std::string>();
        const auto kind = event->at("response").at("event").get<std::string>();
        const Json* read = request_about(talk, "getData", path, from);
        const Json* listed = request_about(talk, "getChildren2", path, from);
        const std::string data = read == nullptr ? "" : read->at("response").value("data", "");
        if (kind == "NodeDataChanged" && request_about(talk, "setData", path) == nullptr)
            writes.push_back(deed(zk::ZkOp::set_data, path, data));
        if (kind == "NodeCreated" && request_about(talk, "create", path) == nullptr)
            creations.push_back(deed(zk::ZkOp::create, path, data));
        if (kind != "NodeChildrenChanged" || listed == nullptr) continue;
        for (const Json& child : listed->at("response").value("children", Json::array())) {
            const std::string born = path + "/" + child.get<std::string>();
            if (request_about(talk, "create", born) == nullptr) children.push_back(deed(zk::ZkOp::create, born, ""));
        }
    }
    std::vector<zk::ZkRequest> all;
    for (auto* part : {&writes, &children, &creations}) std::ranges::move(*part, std::back_inserter(all));
    if (!all.empty()) all.emplace_back().op = zk::ZkOp::close_session;
    return all;
}

class Talk {
public:
    explicit Talk(const zk::ZkServerConfig& config)
        : room_(std::make_unique<zk::ZkServer>(config), engine::NodeKind::zookeeper, zk::kClientPort) {}

    /// The same, up to the moment before the clients go.
    void hold_without_goodbye(Json talk) {
        std::erase_if(talk.at("exchanges").get_ref<Json::array_t&>(),
                      [](const Json& e) { return e.at("op") == "(closed)" || e.at("op") == "closeSession"; });
        (void)hold(talk);
    }

    /// What a four-letter word is answered; it is asked on a connection of its own.
    std::string word(const std::string& letters) {
        const i32 number = --last_word_;
        room_.send(number, vectors::bytes_of(letters.substr(0, 4)));
        const sim::Nanos limit = room_.now() + sim::seconds(1);
        while (!room_.line(number).closed && step(limit)) {}
        std::string answer;
        for (const sim::FrameRef& frame : room_.line(number).inbox) {
            const Bytes bytes = frame->flatten();
            answer.append(bytes.begin(), bytes.end());
        }
        return answer;
    }

    std::vector<std::string> hold(const Json& talk) {
        talk_ = &talk;
        rule_ = zxid_rule(talk);
        // Pings are recorded only of clients that were made by hand; others send them by themselves.
        pings_ = talk.value("client", "") != "hand-made requests";
        complaints_.clear();
        for (const Turn& turn : turns_of(talk)) {
            if (turn.move == Move::send) send(*turn.exchange);
            else if (turn.move == Move::receive) receive(*turn.exchange);
            else close(*turn.exchange);
            if (complaints_.size() > 5) break;
        }
        return complaints_;
    }

private:
    void complain(const Json& exchange, const std::string& what) {
        complaints_.push_back(fmt::format("{} {} on connection {}: {}", exchange.at("op").get<std::string>(),
                                          exchange.at("xid").is_null() ? "" : engine::json_text(exchange["xid"]),
                                          engine::json_text(exchange.at("connection")), what));
    }

    void send(const Json& exchange) {
        const i32 number = exchange.at("connection");
        if (exchange.at("op") == "connect") await_others(exchange);
        await_expiry(exchange);
        if (room_.line(number).closed) return complain(exchange, "the connection is closed");
        room_.send(number, our_request(exchange, stand_, rule_));
        if (exchange.value("response_hex", Json()).is_null()) pass(sim::millis(50));
    }

    /// While a client was cut off another one, that was not recorded, changed what the client is told of when it is
    /// back. It came with a session of its own, wrote, made children, made nodes, and left.
    void await_others(const Json& connect) {
        const std::vector<zk::ZkRequest> deeds = unseen_deeds(*talk_, connect);
        if (deeds.empty()) return;
        const i32 number = --last_word_;
        zk::ConnectRequest hello;
        hello.timeout_ms = 10'000;
        room_.send(number, zk::to_frame(hello)->flatten());
        for (const zk::ZkRequest& deed : deeds) room_.send(number, zk::to_frame(deed)->flatten());
        pass(sim::millis(100));
    }

    /// A client that comes back too late: its session must have ended by then.
    void await_expiry(const Json& exchange) {
        if (exchange.at("op") != "connect" || exchange.value("response", Json()).is_null() ||
            exchange["response"].value("timeOut", 1) != 0)
            return;
        const Bytes request = our_request(exchange, stand_, rule_);
        const i64 session = integer_at(request, 20, 8);
        const auto& sessions = server().memory.sessions;
        pass(sim::millis(50));   // what was closed has arrived
        const zk::ZkSession* known = sessions.find(session);
        if (known == nullptr || known->connection ||
            !std::ranges::equal(known->passwd, std::span(request).subspan(32, 16)))
            return;
        const sim::Nanos limit = room_.now() + kSessionPatience;
        while (server().memory.sessions.contains(session) && step(limit)) {}
    }

    [[nodiscard]] const zk::ZkServerState& server() const { return room_.world.nodes[0].as<zk::ZkServer>().state; }

    void receive(const Json& exchange) {
        const auto got = await(exchange);
        if (!got) return complain(exchange, "nothing comes");
        const std::string wrong = difference(exchange, *got, stand_, rule_);
        if (!wrong.empty()) complain(exchange, wrong);
    }

    void close(const Json& exchange) {
        const i32 number = exchange.at("connection");
        const sim::Nanos limit = room_.now() + kSessionPatience;
        if (exchange.value("by", "") != "server") return room_.line(number).closed ? void() : room_.close(number);
        while (!room_.line(number).closed && step(limit)) {}
        if (!room_.line(number).closed) complain(exchange, "the server does not close it");
    }

    /// The frame that answers an exchange. Where clients race, others may stand before it.
    std::optional<Bytes> await(const Json& exchange) {
        const i32 number = exchange.at("connection");
        const sim::Nanos limit = room_.now() + kSessionPatience;
        while (true) {
            TalkLine& line = room_.line(number);
            if (pings_)
                std::erase_if(line.inbox, [](const sim::FrameRef& frame) {
                    return xid_of(frame->flatten()) == zk::kXidPing && frame->wire_size() == kReplyHead;
                });
            if (const auto at = wanted(line, exchange); at != line.inbox.end()) {
                Bytes bytes = (*at)->flatten();
                line.inbox.erase(at);
                return bytes;
            }
            if (line.closed || !step(limit)) return {};
        }
    }

    std::vector<sim::FrameRef>::iterator wanted(TalkLine& line, const Json& exchange) const {
        if (rule_ == ZxidRule::exact) return line.inbox.begin();
        const Bytes recorded = vectors::from_hex(exchange.at("response_hex"));
        const bool event = exchange.at("op") == "notification";
        return std::ranges::find_if(line.inbox, [&](const sim::FrameRef& frame) {
            const Bytes ours = frame->flatten();
            if (exchange.at("op") == "connect") return true;
            return xid_of(ours) == xid_of(recorded) && (!event || ours == recorded);
        });
    }

    void pass(sim::Nanos span) {
        const sim::Nanos limit = room_.now() + span;
        while (step(limit)) {}
    }

    bool step(sim::Nanos limit) {
        if (!pings_) return room_.step(limit);
        if (room_.now() >= next_ping_) ping();
        return room_.step(std::min(limit, next_ping_)) || room_.now() < limit;
    }

    void ping() {
        next_ping_ = room_.now() + kPingEvery;
        zk::ZkRequest request;
        request.xid = zk::kXidPing;
        const Bytes bytes = zk::to_frame(request)->flatten();
        std::vector<i32> live;
        for (const TalkLine& line : room_.lines())
            if (line.up && !line.closed) live.push_back(line.number);
        for (const i32 number : live) room_.send(number, bytes);
    }

    const Json* talk_ = nullptr;
    TalkWorld room_;
    Stand stand_;
    ZxidRule rule_ = ZxidRule::exact;
    bool pings_ = true;
    i32 last_word_ = 0;
    sim::Nanos next_ping_;
    std::vector<std::string> complaints_;
};

/// The recording says what the server was; what was switched on shows in what it agreed to.
zk::ZkServerConfig config_of(const Json& talk) {
    zk::ZkServerConfig config;
    config.tick_time = sim::millis(1000);
    config.knows_3_6 = talk.value("server", "").find("3.8") != std::string::npos;
    for (const Json& exchange : talk.at("exchanges"))
        if (exchange.at("op") == "createTTL" && exchange.contains("response"))
            config.extended_types = config.extended_types || exchange["response"].value("err", -1) != -6;
    return config;
}

/// Answers with what changes from run to run masked: numbers, and places in a file system. What Java says of
/// itself is not compared.
std::string shape_of(const std::string& word, std::string text) {
    if (word == "envi") return text.empty() ? "" : "Environment";
    text = replaced(text, Pattern("expire at .*:\\n"), "expire at T:\n");
    text = replaced(text, Pattern("=\\S*/version-2"), "=<dir>");
    text = replaced(text, Pattern("(lop|est|lcxid|lzxid|lresp)=[^,)]*"), "$1=*");
    return replaced(text, Pattern("0x[0-9a-f]+|[0-9]+"), "#");
}

}  // namespace

std::vector<std::string> ask_four_letter_words(const std::string& text, const std::string& session) {
    std::vector<std::string> complaints;
    try {
        const Json recorded = engine::must_read_json<Json>(text);
        zk::ZkServerConfig config;
        config.tick_time = sim::millis(1000);
        config.all_four_letters = recorded.contains("ruok") && recorded["ruok"] == "imok";
        Talk talk(config);
        if (config.all_four_letters && !session.empty())
            talk.hold_without_goodbye(engine::must_read_json<Json>(session));
        for (const auto& [word, answer] : recorded.items()) {
            const std::string ours = talk.word(word);
            if (shape_of(word, ours) != shape_of(word, answer)) complaints.push_back(fmt::format("{}: {}", word, ours));
        }
    } catch (const std::exception& error) {
        complaints.push_back(error.what());
    }
    return complaints;
}

std::vector<std::string> hold_zookeeper_talk(const std::string& text, const std::vector<std::string>& earlier) {
    try {
        const Json recording = engine::must_read_json<Json>(text);
        Talk talk(config_of(recording));
        for (const std::string& before : earlier) (void)talk.hold(engine::must_read_json<Json>(before));
        return talk.hold(recording);
    } catch (const std::exception& error) {
        return {error.what()};
    }
}

}  // namespace app::proof
