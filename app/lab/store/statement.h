// A prepared SQLite statement with its values bound in order. Private to the store.
#pragma once

#include <sqlite3.h>

#include <string>
#include <string_view>

#include "sim/base/assert.h"
#include "sim/base/types.h"

namespace app::lab {

class StoredStatement {
public:
  StoredStatement(sqlite3* db, const char* sql) : db_(db) {
      good_ = sqlite3_prepare_v2(db, sql, -1, &statement_, nullptr) == SQLITE_OK;
  }
    ~StoredStatement() { sqlite3_finalize(statement_); }
    StoredStatement(const StoredStatement&) = delete;
    StoredStatement& operator=(const StoredStatement&) = delete;

    StoredStatement& number(sim::i64 value) {
        if (good_) sqlite3_bind_int64(statement_, ++bound_, value);
        return *this;
    }
    StoredStatement& text(std::string_view value) {
        if (good_) sqlite3_bind_text64(statement_, ++bound_, value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
        return *this;
    }
    StoredStatement& bytes(const void* data, sim::u64 size) {
        if (good_) sqlite3_bind_blob64(statement_, ++bound_, size == 0 ? "" : data, size, SQLITE_TRANSIENT);
        return *this;
    }
    /// The next row. False at the end or on an error.
    bool next() {
        if (!good_) return false;
        const int result = sqlite3_step(statement_);
        good_ = result == SQLITE_ROW || result == SQLITE_DONE;
        return result == SQLITE_ROW;
    }
    /// Runs a statement without rows. What went wrong, or "".
    std::string run() { next(); return error(); }
    [[nodiscard]] std::string error() const { return good_ ? "" : sqlite3_errmsg(db_); }

    [[nodiscard]] sim::i64 number_at(int column) const { return sqlite3_column_int64(statement_, column); }
    [[nodiscard]] std::string text_at(int column) const {
        const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
        return data == nullptr ? ""
                               : std::string(data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
    }

private:
    sqlite3* db_;
    sqlite3_stmt* statement_ = nullptr;
    int bound_ = 0;
    bool good_ = false;
};

}  // namespace app::lab
