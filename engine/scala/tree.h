// Programs in Scala as trees: immutable, shared. Patterns are trees too.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/types.h"

namespace engine::spark::scala {

/// A type as written, its last name only: Int, Tuple2[String, Int], Function1[A, B], Timestamp.
struct Type {
    std::string name;
    std::vector<Type> args;

    bool operator==(const Type&) const = default;
};

enum class NodeKind : sim::u8 {
    // expressions
    none, unit, null, boolean,
    integer,       ///< text: suffix
    real, text, character, symbol,
    interpolated,  ///< text: prefix; kids: text and expressions in turn
    name, this_,
    select,        ///< kids[0].text
    apply,         ///< kids[0](kids[1..]); names[i] of kids[i + 1], "" = positional, "*" = spread
    type_apply,    ///< kids[0][types]
    infix,         ///< kids[0] text kids[1]
    prefix,        ///< text kids[0]
    tuple,
    lambda,        ///< params, kids[0] body
    cases,         ///< a function of cases: kids
    match,         ///< kids[0], then cases
    case_,         ///< kids: pattern, guard or none, body
    if_,           ///< kids: condition, then, perhaps else
    while_,        ///< kids: condition, body
    for_,          ///< text: yield or do; kids: generators, body last
    generator,     ///< text: each, with, if; kids: pattern and source, or condition
    block, typed,  ///< typed: kids[0]: types[0]
    new_,          ///< types[0], kids: arguments; last one a block if names[0] is "body"
    assign,        ///< kids: target, value; text: operator before the equals sign
    return_, throw_,
    try_,          ///< kids: body, cases..., finally if names[0] is "finally"
    // statements
    val,           ///< kids: pattern, value; types: perhaps one
    def,           ///< text, params, lists; kids[0] body; types: perhaps one
    class_,        ///< text; names[0]: case class, class, object, trait; params; kids: body; types: parents
    import,        ///< text
    // patterns
    wildcard,
    bound,         ///< text; kids[0], if any, must match too
    of_type,       ///< kids[0]: types[0]
    extractor,     ///< text(kids)
    either,        ///< kids
};

struct Node;
using NodeRef = std::shared_ptr<const Node>;

struct Param {
    std::string name;
    Type type;      ///< no name = not given
    bool by_name = false;
    bool repeated = false;
    NodeRef value;  ///< default
};

struct Node {
    NodeKind kind = NodeKind::none;
    std::string text;
    sim::i64 integer = 0;
    double real = 0;
    std::vector<NodeRef> kids;
    std::vector<std::string> names;
    std::vector<Type> types;
    std::vector<Param> params;
    std::vector<sim::u32> lists;  ///< lengths of parameter lists
    sim::u32 line = 0;
    sim::u32 column = 0;
};

/// Whether a name is one of a list: names with blanks around each.
inline bool among(const std::string& name, std::string_view list) {
    return list.find(" " + name + " ") != std::string_view::npos;
}

/// `Tuple2[String,Int]`
std::string text_of(const Type& type);

}  // namespace engine::spark::scala
