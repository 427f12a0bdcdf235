// Recorded conversations with a ZooKeeper server, spoken again with ours: the same requests in the same order, the
// answers compared byte by byte outside of what varies from run to run (session ids and passwords, times, uuids).
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/world.h"

namespace app::proof {

/// One server, and what its clients know of it. Files of one story are spoken to the same server, one after the other.
class ZkConversations {
public:
    explicit ZkConversations(sim::u64 seed);
    /// Speaks a recorded file. What differed, a line each.
    std::vector<std::string> speak(const nlohmann::json& recording);

private:
    using Bytes = std::vector<sim::u8>;
    struct Event;

    engine::NodeId client_of(const std::string& name);
    std::string send(const Event& event);
    std::string receive(const Event& event);
    std::string close(const Event& event);
    void learn(const Event& event, const Bytes& ours);
    Bytes adapted(const Event& event) const;
    std::string compare(const Event& event, Bytes recorded, Bytes ours);
    std::string compare_zxid(const Bytes& recorded, const Bytes& ours, std::size_t at);
    template <class Holds>
    bool run_until(Holds&& holds);

    engine::World world_;
    engine::NodeId server_;
    sim::LinkProfile link_;
    std::string scope_;                                   // of connection numbers: the file
    bool exact_zxids_ = true;
    std::map<std::string, engine::NodeId> clients_;
    std::map<Bytes, Bytes> sessions_;                     // recorded session id -> ours
    std::map<Bytes, Bytes> passwords_;
    std::map<sim::u64, sim::u64> zxids_;                  // recorded -> ours
};

}  // namespace app::proof
