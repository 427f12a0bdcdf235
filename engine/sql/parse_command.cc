// Commands over tables and schemas. A session without a catalog has none that could change: what is left is how Spark
// refuses them.
#include "engine/sql/parser_state.h"
#include "sim/base/assert.h"

namespace engine::spark {

/// Commands of Hive that Spark knows by name alone and refuses.
bool Parser::refused_of_hive() {
    MR_ASSERT(at < tokens.size());
    static constexpr std::string_view kCommands[][2] = {
        {"GRANT", ""},        {"REVOKE", ""},         {"CREATE", "ROLE"},      {"DROP", "ROLE"},
        {"SHOW", "GRANT"},    {"SHOW", "ROLES"},      {"SHOW", "PRINCIPALS"},  {"SHOW", "LOCKS"},
        {"SHOW", "INDEXES"},  {"EXPORT", "TABLE"},    {"IMPORT", "TABLE"},     {"SHOW", "COMPACTIONS"},
        {"LOCK", "TABLE"},    {"UNLOCK", "TABLE"},    {"SHOW", "TRANSACTIONS"}, {"START", "TRANSACTION"},
        {"COMMIT", ""},       {"ROLLBACK", ""},       {"DFS", ""}};
    for (const auto& [word, second] : kCommands) {
        if (!is_word(word) || (!second.empty() && !is_word(second, 1))) continue;
        const std::string both = std::string(word) + (second.empty() ? "" : " " + std::string(second));
        fail("_LEGACY_ERROR_TEMP_0035", "Operation not allowed: " + both + ".", here());
        return true;
    }
    return false;
}

/// Commands over tables and schemas, which a session without a catalog can only refuse.
PlanRef Parser::refused_command() {
    MR_ASSERT(at < tokens.size());
    const PlanRef nothing = plan_of(PlanKind::one_row, {});
    const std::string word = next().upper;
    if (word == "ALTER") accept_word("TABLE");
    if (ended() || word != "USE") return fail_here(), nothing;
    const std::string schema = name().back();
    if (schema == "default" && ended()) {
        Plan nothing_done;
        nothing_done.kind = PlanKind::command;
        nothing_done.name = "set";
        return make(std::move(nothing_done));
    }
    const std::string text_of =
        "The schema " + quoted(schema) +
        " cannot be found. Verify the spelling and correctness of the schema and catalog.\nIf you did not qualify the "
        "name with a catalog, verify the current_schema() output, or qualify "
        "the name with the correct catalog.\nTo tolerate the error on drop use DROP SCHEMA IF EXISTS.";
    failure.set(analysis_error("SCHEMA_NOT_FOUND", text_of, {}));
    return nothing;
}

/// INSERT, UPDATE, DELETE, MERGE and TRUNCATE: the name of the table, and as much of the rest as refusals show.
PlanRef Parser::change_of_table() {
    MR_ASSERT(at < tokens.size());
    Plan p;
    p.kind = PlanKind::command;
    const std::string word = next().upper;
    p.name = "change by " + word;
    if (word == "INSERT" && !accept_word("INTO") && !accept_word("OVERWRITE")) fail_here();
    if (word == "DELETE") expect_word("FROM");
    if (word == "MERGE") expect_word("INTO");
    if (word == "TRUNCATE") expect_word("TABLE");
    if (word == "INSERT") accept_word("TABLE");
    const u32 place = at;
    p.parts = name();
    p.at = from(place);
    if (word == "INSERT" && accept_symbol("(")) {
        (void)identifier_list();
        expect_symbol(")");
    }
    if (word == "INSERT" && !failure.failed) p.children = {query()};
    if (word == "UPDATE") {
        expect_word("SET");
        do p.exprs.push_back(expression());
        while (!failure.failed && accept_symbol(","));
    }
    if ((word == "UPDATE" || word == "DELETE") && accept_word("WHERE")) p.condition = expression();
    if (word == "MERGE") {
        expect_word("USING");
        // What is matched, and with what, is never looked at.
        while (!ended() && !failure.failed) next();
    }
    return make(std::move(p));
}

}  // namespace engine::spark
