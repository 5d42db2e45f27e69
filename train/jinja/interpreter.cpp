// SPDX-License-Identifier: Apache-2.0
// A walk over the tree. Names live in scopes: a loop's turn and a macro have their own, what is set
// there ends there; `if` has none. A macro sees the outermost scope and its parameters.
#include "train/jinja/interpreter.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "train/jinja/lexer.hpp"

#include <algorithm>
#include <utility>

namespace aiops::train::jinja {
namespace {

constexpr std::size_t kMostSteps = 2'000'000;
constexpr std::size_t kLoopTurn = 8;         // in steps
constexpr std::size_t kMostMade = 1u << 30;  // bytes of all values together
constexpr int kDeepest = 500;
constexpr std::int64_t kLongestRange = 100'000;

using Scope = Dict;

class Interpreter {
 public:
  Interpreter(const Template& parsed, const Dict& variables) : template_(parsed) {
    scopes_.push_back(variables);
  }

  // A namespace that holds itself would keep itself.
  ~Interpreter() {
    for (const Value& holder : holders_) holder.entries().members.clear();
  }
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  Rendered run() {
    try {
      execute(template_.body);
    } catch (const Fault& fault) {
      refuse(template_.what, line_, fault.why);
    }
    return std::move(out_);
  }

 private:
  enum class Flow { next, break_, continue_ };

  // One step deeper; bounds time and the machine's own stack.
  struct Step {
    explicit Step(Interpreter& of) : interpreter(of) {
      if (++interpreter.steps_ > kMostSteps) throw Fault{"it takes too many steps"};
      if (++interpreter.depth_ > kDeepest) throw Fault{"nested too deeply"};
    }
    ~Step() { --interpreter.depth_; }
    Step(const Step&) = delete;
    Interpreter& interpreter;
  };

  void account(std::size_t bytes) {
    made_ += bytes;
    if (made_ > kMostMade) throw Fault{"it makes too much"};
  }

  void write(std::string_view text) {
    account(text.size());
    out_.text += text;
    if (out_.text.size() > kMostWeight) throw Fault{"it writes too much"};
  }

  // What `body` writes, kept out of the output.
  std::string capture(const std::vector<Statement>& body) {
    std::string outside = std::exchange(out_.text, {});
    ++captures_;
    try {
      execute(body);
    } catch (...) {
      --captures_;
      throw;
    }
    --captures_;
    return std::exchange(out_.text, std::move(outside));
  }

  Flow execute(const std::vector<Statement>& body) {
    for (const Statement& statement : body)
      if (const Flow flow = execute(statement); flow != Flow::next) return flow;
    return Flow::next;
  }

  Flow execute(const Statement& statement) {
    using enum Statement::Kind;
    const Step step(*this);
    line_ = statement.line;
    switch (statement.kind) {
      case text:
        write(statement.text);
        break;
      case print:
        write(evaluate(statement.expressions[0]).text());
        break;
      case set:
        assign(statement);
        break;
      case set_block:
        scopes_.back().set(statement.targets[0], capture(statement.bodies[0]));
        break;
      case if_:
        return execute_if(statement);
      case for_:
        return execute_for(statement);
      case macro:
        scopes_.back().set(statement.text, Macro{&statement});
        break;
      case generation: {
        const std::size_t begin = out_.text.size();
        const Flow flow = execute(statement.bodies[0]);
        if (captures_ > 0) throw Fault{"{% generation %} inside of a macro or a set block"};
        out_.generation.push_back({begin, out_.text.size()});
        return flow;
      }
      case break_:
        return Flow::break_;
      case continue_:
        return Flow::continue_;
    }
    return Flow::next;
  }

  void assign(const Statement& set) {
    Value value = evaluate(set.expressions[0]);
    if (set.text.empty()) return bind(set.targets, value);
    const Value holder = look_up(set.targets[0]);
    if (!holder.is_dict() || !holder.entries().is_namespace)
      throw Fault{"'" + set.targets[0] + "' is not a namespace"};
    if (value.is_dict() || value.is_list()) holders_.push_back(holder);
    holder.entries().set(set.text, std::move(value));
  }

  void bind(const std::vector<std::string>& targets, const Value& value) {
    if (targets.size() == 1) return scopes_.back().set(targets[0], value);
    const List parts = iterate(value);
    if (parts.size() != targets.size())
      throw Fault{std::to_string(targets.size()) + " names for " + std::to_string(parts.size()) +
                  " values"};
    for (std::size_t i = 0; i < targets.size(); ++i) scopes_.back().set(targets[i], parts[i]);
  }

  Flow execute_if(const Statement& statement) {
    std::size_t branch = 0;
    while (branch < statement.expressions.size() &&
           !evaluate(statement.expressions[branch]).truth())
      ++branch;
    return branch < statement.bodies.size() ? execute(statement.bodies[branch]) : Flow::next;
  }

  Flow execute_for(const Statement& loop) {
    const List items = chosen_items(loop);
    if (items.empty()) return loop.bodies.size() > 1 ? execute(loop.bodies[1]) : Flow::next;
    ++loops_;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const Step step(*this);
      steps_ += kLoopTurn;
      const std::size_t begin = out_.text.size();
      scopes_.push_back({});
      scopes_.back().set("loop", loop_variable(items, i));
      bind(loop.targets, items[i]);
      const Flow flow = execute(loop.bodies[0]);
      scopes_.pop_back();
      if (loops_ == 1 && captures_ == 0 && out_.text.size() > begin)
        out_.turns.push_back({items[i], {begin, out_.text.size()}});
      if (flow == Flow::break_) break;
    }
    --loops_;
    return Flow::next;
  }

  List chosen_items(const Statement& loop) {
    List items = iterate(evaluate(loop.expressions[0]));
    account(items.size() * sizeof(Value));
    if (loop.expressions.size() < 2) return items;
    List chosen;
    for (const Value& item : items) {
      const Step step(*this);
      scopes_.push_back({});
      bind(loop.targets, item);
      if (evaluate(loop.expressions[1]).truth()) chosen.push_back(item);
      scopes_.pop_back();
    }
    return chosen;
  }

  static Value loop_variable(const List& items, std::size_t i) {
    const auto size = static_cast<std::int64_t>(items.size());
    const auto at = static_cast<std::int64_t>(i);
    Dict loop;
    loop.set("index", at + 1);
    loop.set("index0", at);
    loop.set("revindex", size - at);
    loop.set("revindex0", size - at - 1);
    loop.set("first", at == 0);
    loop.set("last", at + 1 == size);
    loop.set("length", size);
    if (i > 0) loop.set("previtem", items[i - 1]);
    if (i + 1 < items.size()) loop.set("nextitem", items[i + 1]);
    loop.is_namespace = true;  // so that nothing walks into its neighbours
    return Value::dict(std::move(loop));
  }

  Value look_up(const std::string& name) const {
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope)
      if (const Value* found = scope->find(name)) return *found;
    return Undefined{name};
  }

  Value evaluate(const Expression& expression) {
    const Step step(*this);
    Value value = compute(expression);
    if (value.is_string()) account(value.string().size() / 8);
    if (value.is_list()) account(value.items().size());
    return value;
  }

  Value compute(const Expression& expression) {
    using enum Expression::Kind;
    const auto part = [&](std::size_t i) { return evaluate(expression.parts[i]); };
    switch (expression.kind) {
      case constant:
        return expression.constant;
      case name:
        return look_up(expression.text);
      case list:
        return make_list(expression);
      case dict:
        return make_dict(expression);
      case attribute:
        return jinja::attribute(part(0), expression.text);
      case item:
        return jinja::item(part(0), part(1));
      case slice:
        return jinja::slice(part(0), part(1), part(2), part(3));
      case call:
        return call_value(expression);
      case filter:
        return apply_filter(expression.text, part(0), arguments_of(expression));
      case test:
        return apply_test(expression.text, part(0), arguments_of(expression));
      case not_:
        return !part(0).truth();
      case negative:
        return jinja::binary("-", 0, part(0));
      case positive:
        return jinja::binary("+", 0, part(0));
      case Expression::Kind::binary:
        return jinja::binary(expression.text, part(0), part(1));
      case Expression::Kind::compare:
        return jinja::compare(expression.text, part(0), part(1));
      case and_: {
        Value left = part(0);
        return left.truth() ? part(1) : left;
      }
      case or_: {
        Value left = part(0);
        return left.truth() ? left : part(1);
      }
      case condition:
        return part(1).truth() ? part(0) : part(2);
    }
    return {};
  }

  Value make_list(const Expression& expression) {
    List items;
    for (const Expression& part : expression.parts) items.push_back(evaluate(part));
    return Value::list(std::move(items));
  }

  Value make_dict(const Expression& expression) {
    Dict entries;
    for (std::size_t i = 0; i + 1 < expression.parts.size(); i += 2) {
      const Value key = evaluate(expression.parts[i]);
      if (!key.is_string()) throw Fault{"a key that is not a string"};
      entries.set(key.string(), evaluate(expression.parts[i + 1]));
    }
    return Value::dict(std::move(entries));
  }

  CallArguments arguments_of(const Expression& expression) {
    CallArguments arguments;
    for (std::size_t i = 0; i < expression.names.size(); ++i) {
      Value value = evaluate(expression.parts[1 + i]);
      if (expression.names[i].empty())
        arguments.positional.push_back(std::move(value));
      else
        arguments.named.emplace_back(expression.names[i], std::move(value));
    }
    return arguments;
  }

  Value call_value(const Expression& expression) {
    const Expression& callee = expression.parts[0];
    const CallArguments arguments = arguments_of(expression);
    if (callee.kind == Expression::Kind::attribute) {
      const Value object = evaluate(callee.parts[0]);
      if (auto result = call_method(object, callee.text, arguments)) return *std::move(result);
      const Value member = jinja::attribute(object, callee.text);
      if (member.is_macro()) return call_macro(*member.macro().definition, arguments);
      throw Fault{std::string(object.type()) + " has no method '" + callee.text + "'"};
    }
    const Value function = evaluate(callee);
    if (function.is_macro()) return call_macro(*function.macro().definition, arguments);
    if (callee.kind == Expression::Kind::name && function.is_undefined())
      return call_global(callee.text, arguments);
    throw Fault{std::string(function.type()) + " is not a function"};
  }

  Value call_global(const std::string& name, const CallArguments& arguments) {
    if (name == "raise_exception")
      throw Error(ExitCode::failed, "the chat template refuses the conversation: " +
                                        printable(arguments.required(0, "message").text()));
    if (name == "range") return range(arguments);
    if (name == "namespace" || name == "dict") {
      Dict entries{arguments.named, name == "namespace", {}};
      return Value::dict(std::move(entries));
    }
    throw Fault{"the function '" + name + "' is not known here"};
  }

  static Value range(const CallArguments& arguments) {
    const bool from_zero = arguments.positional.size() < 2;
    const std::int64_t begin = from_zero ? 0 : arguments.integer(0, "start", 0);
    const std::int64_t end = arguments.integer(from_zero ? 0 : 1, "stop", 0);
    const std::int64_t step = arguments.integer(2, "step", 1);
    if (step == 0) throw Fault{"a range with step 0"};
    List numbers;
    for (std::int64_t i = begin; step > 0 ? i < end : i > end;) {
      if (static_cast<std::int64_t>(numbers.size()) == kLongestRange)
        throw Fault{"a range over too many numbers"};
      numbers.push_back(i);
      if (__builtin_add_overflow(i, step, &i)) break;
    }
    return Value::list(std::move(numbers));
  }

  Value call_macro(const Statement& macro, const CallArguments& arguments) {
    Scope scope;
    const std::size_t required = macro.targets.size() - macro.expressions.size();
    for (std::size_t i = 0; i < macro.targets.size(); ++i) {
      const Value* given = arguments.find(i, macro.targets[i]);
      scope.set(macro.targets[i], given          ? *given
                                  : i < required ? Value(Undefined{macro.targets[i]})
                                                 : evaluate(macro.expressions[i - required]));
    }
    std::vector<Scope> inside;
    inside.push_back(std::move(scopes_[0]));
    inside.push_back(std::move(scope));
    std::vector<Scope> outside = std::exchange(scopes_, std::move(inside));
    std::string written = capture(macro.bodies[0]);
    std::swap(outside, scopes_);
    scopes_[0] = std::move(outside[0]);
    return written;
  }

  const Template& template_;
  Rendered out_;
  std::vector<Scope> scopes_;
  std::vector<Value> holders_;  // namespaces that were given what may hold them
  std::size_t steps_ = 0;
  std::size_t made_ = 0;
  int depth_ = 0;
  int captures_ = 0;
  int loops_ = 0;
  int line_ = 1;
};

}  // namespace

Rendered run(const Template& parsed, const Dict& variables) {
  return Interpreter(parsed, variables).run();
}

}  // namespace aiops::train::jinja
