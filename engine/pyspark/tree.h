// Python programs as trees: immutable, shared.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/base/types.h"

namespace engine::spark::py {

enum class NodeKind : sim::u8 {
    // expressions
    none,
    boolean,
    integer,
    real,
    text,
    format,  ///< kids: text and expressions in turn
    name,    ///< text
    list,
    tuple,
    set,
    dict,           ///< kids: key, value in turn
    attribute,      ///< kids[0].text
    call,           ///< kids[0] (kids[1..]); names[i] of kids[i + 1]: keyword, "" positional, "*" spread, "**" spread
    subscript,      ///< kids[0][kids[1]]
    slice,          ///< kids: from, to, step (none where left out)
    unary,          ///< text kids[0]
    binary,         ///< kids[0] text kids[1]
    compare,        ///< kids in a chain, names: the operators between them
    logic,          ///< kids[0] and/or kids[1]
    lambda,         ///< names: parameters; kids[0] body
    conditional,    ///< kids: value, condition, other value
    comprehension,  ///< text: list, set, dict, generator; kids: value, target, source, conditions...; dict: names[0] =
                    ///< key given as kids[0], value last
    // statements
    block,
    expression,
    assign,
    augmented,
    import,
    from_import,
    function,
    class_,
    return_,
    if_,
    for_,
    while_,
    pass,
    break_,
    continue_,
    raise,
    try_,
    delete_,
    assert_,
    global,
};

struct Node;
using NodeRef = std::shared_ptr<const Node>;

/// `names`, `kids`: as the kind says. Statements: block kids; assign kids: targets..., value; augmented kids: target,
/// value, text operator; import names; from_import text module, names (`a as b` as "a=b"); function text, names
/// parameters, kids: body, defaults of the last ones; class_ text, kids: body; if_ kids: condition, then, else; for_
/// kids: target, source, body; while_ kids: condition, body; try_ kids: body, handler bodies...
struct Node {
    NodeKind kind = NodeKind::none;
    std::string text;
    sim::i64 integer = 0;
    double real = 0;
    std::vector<NodeRef> kids;
    std::vector<std::string> names;
    sim::u32 line = 0;
    sim::u32 column = 0;
    sim::u32 start = 0;
};

}  // namespace engine::spark::py
