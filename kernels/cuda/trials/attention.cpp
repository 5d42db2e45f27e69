// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/attention/attention.hpp"

#include "kernels/cuda/trials/trial.hpp"
#include "kernels/reference/attention.hpp"

#include <cmath>
#include <limits>
#include <utility>

namespace aiops::kernels::cuda {
namespace {

constexpr double kTolerance = 5e-6;

std::int64_t rows_of_queries(const Attention& shape) {
  return shape.starts.empty() ? shape.sequences * shape.queries : shape.starts.back();
}
std::int64_t rows_of_keys(const Attention& shape) {
  return shape.starts.empty() ? shape.sequences * shape.keys : shape.starts.back();
}

// Rows of `width` numbers in an array whose rows are `stride` apart, and the other way round.
Numbers spread(const Numbers& packed, std::int64_t width, std::int64_t stride, double between) {
  Numbers wide(packed.size() / reference::count(width) * reference::count(stride), between);
  for (std::size_t i = 0; i < packed.size(); ++i)
    wide[i / reference::count(width) * reference::count(stride) + i % reference::count(width)] =
        packed[i];
  return wide;
}

// The logarithms of the denominators, as the forward pass lays them out.
Numbers logarithms(const Attention& shape, const Numbers& q, const Numbers& k) {
  Numbers all;
  const reference::ConstGrid Q(q, shape.heads * shape.head_dim);
  const reference::ConstGrid K(k, shape.kv_heads * shape.head_dim);
  for (std::int64_t s = 0; s < shape.sequences; ++s)
    for (std::int64_t head = 0; head < shape.heads; ++head)
      for (std::int64_t i = 0; i < shape.queries_of(s); ++i) {
        double sum = 0;
        const std::int64_t kv = head / (shape.heads / shape.kv_heads);
        for (std::int64_t j = 0; j <= shape.keys_of(s) - shape.queries_of(s) + i; ++j) {
          double dot = 0;
          for (std::int64_t c = 0; c < shape.head_dim; ++c)
            dot += Q(shape.query_row(s) + i, head * shape.head_dim + c) *
                   K(shape.key_row(s) + j, kv * shape.head_dim + c);
          sum += std::exp(dot / std::sqrt(static_cast<double>(shape.head_dim)));
        }
        all.push_back(std::log(sum));
      }
  return all;
}

// A shape, with the lengths of its sequences where they differ.
struct Question {
  Attention shape;
  std::vector<std::int64_t> starts = {};

  Attention here() const {
    Attention copy = shape;
    copy.starts = starts;
    return copy;
  }
  Attention there(Trial& trial) const {
    Attention copy = shape;
    if (!starts.empty()) copy.starts = {trial.upload("starts", starts), starts.size()};
    return copy;
  }
};

// Strides are one more than the heads need. What lies between must not be read, not even to be
// multiplied by 0, and must stay as it is.
constexpr double kUnread = std::numeric_limits<double>::quiet_NaN();
constexpr double kUnwritten = 0.5;
struct Arrays {
  explicit Arrays(const Attention& shape)
      : q_width(shape.heads * shape.head_dim), kv_width(shape.kv_heads * shape.head_dim) {}
  std::int64_t q_width, kv_width;
};

template <typename T>
void forward(Trial& trial, const Question& question) {
  const Attention shape = question.here();
  const Arrays sizes(shape);
  const Numbers q = trial.numbers<T>(rows_of_queries(shape) * sizes.q_width);
  const Numbers k = trial.numbers<T>(rows_of_keys(shape) * sizes.kv_width);
  const Numbers v = trial.numbers<T>(rows_of_keys(shape) * sizes.kv_width);
  T* out = trial.rubbish<T>("out", rows_of_queries(shape) * sizes.q_width);
  auto* logsumexp = trial.rubbish<float>("logsumexp", rows_of_queries(shape) * shape.heads);
  trial.launched(
      attention_forward(question.there(trial),
                        trial.upload<T>("q", spread(q, sizes.q_width, shape.q_stride, kUnread)),
                        trial.upload<T>("k", spread(k, sizes.kv_width, shape.kv_stride, kUnread)),
                        trial.upload<T>("v", spread(v, sizes.kv_width, shape.kv_stride, kUnread)),
                        out, logsumexp, nullptr));
  trial.expect("out", out, reference::attention(shape, q, k, v), kTolerance);
  trial.expect("logsumexp", logsumexp, logarithms(shape, q, k), kTolerance);
}

template <typename T>
void backward(Trial& trial, const Question& question) {
  const Attention shape = question.here();
  const Arrays sizes(shape);
  const Numbers q = trial.numbers<T>(rows_of_queries(shape) * sizes.q_width);
  const Numbers k = trial.numbers<T>(rows_of_keys(shape) * sizes.kv_width);
  const Numbers v = trial.numbers<T>(rows_of_keys(shape) * sizes.kv_width);
  const Numbers dout = trial.numbers<T>(rows_of_queries(shape) * sizes.q_width);
  // What the forward pass left, rounded as it rounds.
  const Numbers out = Trial::rounded<T>(reference::attention(shape, q, k, v));
  const auto read = [&](const char* name, const Numbers& packed, std::int64_t width,
                        std::int64_t stride) {
    return trial.upload<T>(name, spread(packed, width, stride, kUnread));
  };
  const auto written = [&](const char* name, const Numbers& packed, std::int64_t width,
                           std::int64_t stride) {
    return trial.upload<T>(name, spread(Numbers(packed.size()), width, stride, kUnwritten));
  };
  T* dq = written("q_gradient", q, sizes.q_width, shape.q_stride);
  T* dk = written("k_gradient", k, sizes.kv_width, shape.kv_stride);
  T* dv = written("v_gradient", v, sizes.kv_width, shape.kv_stride);
  trial.launched(attention_backward<T>(
      question.there(trial),
      {.q = read("q", q, sizes.q_width, shape.q_stride),
       .k = read("k", k, sizes.kv_width, shape.kv_stride),
       .v = read("v", v, sizes.kv_width, shape.kv_stride),
       .out = trial.upload<T>("out", out),
       .logsumexp = trial.upload<float>("logsumexp", logarithms(shape, q, k)),
       .out_gradient = trial.upload<T>("out_gradient", dout)},
      trial.rubbish<float>("dots", rows_of_queries(shape) * shape.heads), dq, dk, dv, nullptr));
  const auto gradient = reference::attention_gradient(shape, q, k, v, dout);
  // A rounded `out` makes D, and with it dS, uncertain by as much.
  const double tolerance = sizeof(T) == sizeof(float) ? kTolerance : 2e-2;
  trial.expect("q_gradient", dq, spread(gradient[0], sizes.q_width, shape.q_stride, kUnwritten),
               tolerance);
  trial.expect("k_gradient", dk, spread(gradient[1], sizes.kv_width, shape.kv_stride, kUnwritten),
               tolerance);
  trial.expect("v_gradient", dv, spread(gradient[2], sizes.kv_width, shape.kv_stride, kUnwritten),
               tolerance);
}

Question question(Attention shape, const std::vector<std::int64_t>& starts = {}) {
  shape.q_stride = shape.heads * shape.head_dim + 1;
  shape.kv_stride = shape.kv_heads * shape.head_dim + 1;
  return {shape, starts};
}

// Asks questions of T, both ways or forward only.
template <typename T>
class Asking {
 public:
  explicit Asking(std::vector<Case>& cases) : cases_(cases) {}

  void forward_only(const Question& asked) {
    cases_.push_back(
        {name("forward", asked.shape), [=](Trial& trial) { forward<T>(trial, asked); }});
  }
  void both(const Question& asked) {
    forward_only(asked);
    cases_.push_back(
        {name("backward", asked.shape), [=](Trial& trial) { backward<T>(trial, asked); }});
  }
  void square(std::int64_t length, std::int64_t heads, std::int64_t kv_heads,
              std::int64_t head_dim) {
    both(question({.sequences = 1,
                   .queries = length,
                   .keys = length,
                   .heads = heads,
                   .kv_heads = kv_heads,
                   .head_dim = head_dim}));
  }
  // Of the longest and of two shorter lengths, that lie behind one another.
  void documents(std::int64_t longest, std::int64_t head_dim) {
    both(question({.sequences = 3,
                   .queries = longest,
                   .keys = longest,
                   .heads = 2,
                   .kv_heads = 1,
                   .head_dim = head_dim},
                  {0, 1, longest + 1, longest + 5}));
  }

 private:
  static std::string name(const char* pass, const Attention& s) {
    return case_name<T>(pass, {s.sequences, s.queries, s.keys, s.heads, s.kv_heads, s.head_dim});
  }

  std::vector<Case>& cases_;
};

// Sequences that end at the borders of tiles, and heads that share keys.
template <typename T>
void ask_of_sequences(Asking<T> asking) {
  for (const std::int64_t length : {1, 31, 32, 65}) asking.square(length, 1, 1, 16);
  asking.square(34, 2, 1, 8);
  asking.square(5, 4, 2, 8);
  asking.square(7, 3, 1, 8);
  asking.both(question(
      {.sequences = 2, .queries = 5, .keys = 5, .heads = 2, .kv_heads = 2, .head_dim = 12}));
  for (const std::int64_t keys : {1, 32, 33, 70})  // the next token of a text
    asking.forward_only(question(
        {.sequences = 1, .queries = 1, .keys = keys, .heads = 2, .kv_heads = 1, .head_dim = 16}));
  asking.forward_only(question(
      {.sequences = 1, .queries = 33, .keys = 40, .heads = 1, .kv_heads = 1, .head_dim = 16}));
}

// Kernels are made for four sizes of heads: each must be asked for heads of all its columns and of
// fewer. It fetches a tile in rounds, of which nvcc makes four at a time with a guard each: there
// are lengths that end in each of them.
struct Size {
  std::int64_t head_dim, tile;
  std::vector<std::pair<std::int64_t, std::int64_t>> ends;  // a length, and a smaller head_dim
};
const Size kSizes[] = {{32, 32, {{3, 1}, {5, 17}, {9, 31}, {13, 8}}},
                       {64, 32, {{1, 33}, {3, 63}, {5, 48}, {7, 40}}},
                       {128, 32, {{1, 65}, {2, 127}, {3, 96}, {4, 100}}},
                       {256, 16, {{1, 129}, {2, 255}, {3, 160}, {4, 200}}}};

template <typename T>
void ask_of_every_size(Asking<T> asking) {
  for (const Size& size : kSizes) {
    for (const auto& [length, head_dim] : size.ends) asking.square(length, 2, 1, head_dim);
    asking.square(size.tile + 1, 1, 1, size.head_dim);
    asking.documents(size.tile, size.head_dim - 4);
  }
}

}  // namespace

std::vector<Case> attention_cases() {
  std::vector<Case> cases;
  ask_of_sequences(Asking<float>(cases));
  ask_of_every_size(Asking<float>(cases));
  ask_of_every_size(Asking<BFloat16>(cases));
  return cases;
}

}  // namespace aiops::kernels::cuda
