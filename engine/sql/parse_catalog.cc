// SHOW and DESCRIBE: questions about views, schemas and functions. CACHE and what undoes it.
#include "engine/sql/parser_state.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

PlanRef question(std::string name, std::vector<std::string> parts, const Origin& at) {
    MR_ASSERT(!name.empty() && !parts.empty());
    Plan p;
    p.kind = PlanKind::command;
    p.name = std::move(name);
    p.parts = std::move(parts);
    p.at = at;
    return make(std::move(p));
}

/// `FROM schema`: "" if none is named.
std::string schema_named(Parser& p) { return p.accept_word("FROM") || p.accept_word("IN") ? p.name().back() : ""; }

/// What names must look like: `*` if nothing is said.
std::string wanted_names(Parser& p) {
    const bool like = p.accept_word("LIKE");
    if (p.peek().kind == TokenKind::string) return p.next().text;
    return like || p.at_identifier() ? p.identifier() : "*";
}

}  // namespace

PlanRef Parser::show_command() {
    MR_ASSERT(is_word("SHOW"));
    const u32 first = at;
    next();
    for (const char* word : {"TABLES", "VIEWS"})
        if (accept_word(word)) {
            const std::string schema = schema_named(*this);
            const std::string like = wanted_names(*this);
            return question(*word == 'T' ? "show tables" : "show views", {like, schema}, from(first));
        }
    for (const char* word : {"DATABASES", "SCHEMAS", "NAMESPACES"})
        if (accept_word(word)) {
            (void)schema_named(*this);
            const std::string like = wanted_names(*this);
            return question("show namespaces", {like}, from(first));
        }
    if (accept_word("CATALOGS")) {
        const std::string like = wanted_names(*this);
        return question("show catalogs", {like}, from(first));
    }
    if (accept_words({"CURRENT", "NAMESPACE"})) return question("show current namespace", {"*"}, from(first));
    if (accept_word("COLUMNS")) {
        if (!accept_word("FROM") && !accept_word("IN")) fail_here();
        const u32 place = at;
        std::vector<std::string> table = name();
        const Origin named = from(place);
        (void)schema_named(*this);
        return question("show columns", std::move(table), named);
    }
    const bool user = accept_word("USER");
    if (user || accept_word("ALL") || accept_word("SYSTEM") || is_word("FUNCTIONS")) {
        expect_word("FUNCTIONS");
        (void)schema_named(*this);
        const std::string like = wanted_names(*this);
        return question(user ? "show user functions" : "show functions", {like}, from(first));
    }
    // Any other word may be a kind of functions.
    if (at_identifier() && peek(1).kind == TokenKind::end) {
        next();
        fail("PARSE_SYNTAX_ERROR", "Syntax error at or near end of input: missing 'FUNCTIONS'.", here());
    }
    fail_here();
    return plan_of(PlanKind::one_row, {});
}

/// CACHE, UNCACHE, REFRESH TABLE and CLEAR CACHE. A cached query is a view of its name.
PlanRef Parser::cache_command() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    const std::string word = next().upper;
    Plan p;
    p.kind = PlanKind::command;
    p.name = word == "CLEAR" ? "clear cache" : word == "CACHE" ? "cache table" : "uncache table";
    if (word == "REFRESH") p.name = "refresh table";
    if (word == "CLEAR") {
        next();
        p.parts = {""};
        return make(std::move(p));
    }
    (void)accept_word("LAZY");
    expect_word("TABLE");
    p.missing = word == "UNCACHE" && accept_words({"IF", "EXISTS"});
    const u32 place = at;
    p.parts = name();
    p.at = from(place);
    if (word != "CACHE" || ended()) return make(std::move(p));
    (void)accept_word("AS");
    p.name = "create view";
    p.children = {query()};
    p.at = from(first);
    return make(std::move(p));
}

PlanRef Parser::describe_command() {
    MR_ASSERT(is_word("DESCRIBE") || is_word("DESC"));
    const u32 first = at;
    next();
    const bool named = accept_word("QUERY");
    if (named || is_word("SELECT") || is_word("WITH") || is_word("VALUES") || is_word("FROM") || is_symbol("(")) {
        PlanRef plan = query();
        PlanRef out = question("describe query", {""}, from(first));
        return with_children(out, {std::move(plan)});
    }
    accept_word("TABLE");
    const bool extended = accept_word("EXTENDED") || accept_word("FORMATTED");
    const u32 place = at;
    std::vector<std::string> table = name();
    const Origin where = from(place);
    PlanRef out = edit(question("describe table", std::move(table), where), [&](Plan& p) { p.all = extended; });
    if (ended()) return out;
    std::vector<std::string> column = name();
    return edit(out, [&](Plan& p) { p.names = {column}; });
}

}  // namespace engine::spark
