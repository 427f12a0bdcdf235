// The Znodes view: ZooKeeper's tree with who owns what and who watches what.
#pragma once

#include <string>
#include <vector>

#include "app/view_model/base.h"

namespace app {

enum class ZnodeKind : u8 { persistent, ephemeral, sequential };

/// A visible row: children of closed nodes are left out. Parents come before their children.
struct ZnodeRowVm {
    std::string object;          // "/brokers/ids/2", the whole path
    std::string name;            // "2"
    i32 depth = 0;
    bool has_children = false;
    bool open = false;
    ZnodeKind kind = ZnodeKind::persistent;
    std::string owner;           // "session 3" of an ephemeral node
    i32 watches = 0;
    bool changed = false;        // by this step
    bool selected = false;
};

struct ZkSessionVm {
    std::string object;          // "session 3"
    std::string name;            // "broker 2"
    bool alive = true;
    std::string left;            // "4.2 s to live"
    i32 left_per_mille = 1000;   // of its time-out
    std::string note;            // "2 ephemeral nodes, 3 watches"
};

struct ZnodesVm {
    std::string sentence;        // "ZooKeeper's tree. An ephemeral node goes when its session ends."
    std::vector<ZnodeRowVm> rows;
    // The selected node; empty path: none.
    std::string path;
    std::string data;            // as text, or as hex
    std::string version;         // "version 3, zxid 41"
    std::vector<std::string> watchers;   // "broker 3"
    std::vector<ZkSessionVm> sessions;
    std::string empty_title;     // no ZooKeeper in this cluster, or nothing in it
    std::string empty_text;
};

}  // namespace app
