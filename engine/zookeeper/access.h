// Who may do what to a znode: identities of clients, access lists, and what both come to (spec/zookeeper.md section 2).
#pragma once

#include "engine/zookeeper/jute.h"

namespace engine::zookeeper {

// Permissions of an access list's entry.
constexpr i32 kMayRead = 1;
constexpr i32 kMayWrite = 2;
constexpr i32 kMayCreate = 4;
constexpr i32 kMayDelete = 8;
constexpr i32 kMayAdmin = 16;
static_assert((kMayRead | kMayWrite | kMayCreate | kMayDelete | kMayAdmin) == 31);

/// Identities of a client: scheme and id; permissions do not count.
using Identities = std::vector<Acl>;

/// Whether a list lets a client do one of these. `ids` null: nobody asks, everything is allowed.
[[nodiscard]] bool may(const std::vector<Acl>& acl, i32 permissions, const Identities* ids);
/// What a client proves with a name and a password; invalid schemes fail. The scheme "ip" proves nothing new.
[[nodiscard]] bool is_auth_scheme(const std::string& scheme);
Acl digest_identity(const std::string& user_and_password);
/// The list as it is stored: `auth` stands for whoever the client has proved to be. Empty if an entry means nothing.
std::vector<Acl> stored_acl(const std::vector<Acl>& asked, const Identities& ids);

}  // namespace engine::zookeeper
