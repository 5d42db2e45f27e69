// SPDX-License-Identifier: Apache-2.0
// oneDNN 2 has no attention: it is composed of its products and its softmax, as a program without
// an operator for it would do. All scores are there at once, those that causality hides included,
// so it does twice the operations that a record counts. Query heads that share a key/value head are
// gone through one after the other, since each has strides of its own.
#include "bench/attention_engines.hpp"

#include "base/thread_pool.hpp"
#include "bench/onednn.hpp"

#include <cmath>
#include <limits>

namespace aiops::bench {
namespace {

using kernels::Attention;

AttentionEngine own(AttentionProblem& p, std::size_t count) {
  const auto threads = std::make_shared<ThreadPool>(count);
  AttentionEngine engine;
  engine.forward = [&p, threads] {
    attention_forward(p.shape, p.q.data(), p.k.data(), p.v.data(), p.out.data(), p.logsumexp.data(),
                      *threads);
  };
  engine.backward = [&p, threads] {
    attention_backward(p.shape,
                       {p.q.data(), p.k.data(), p.v.data(), p.out.data(), p.logsumexp.data(),
                        p.out_gradient.data()},
                       p.q_gradient.data(), p.k_gradient.data(), p.v_gradient.data(), *threads);
  };
  engine.description = {{"name", "aiops"},
                        {"version", nullptr},
                        {"backend", "cpu"},
                        {"flags", {{"tiles", kernels::gemm_engine(p.shape.precision)}}}};
  return engine;
}

enum class Side { plain, transposed };

// The scores of one query head of each group, over all sequences and key/value heads; what remains
// of the forward pass for the backward pass; and the mask.
class Composed {
 public:
  Composed(AttentionProblem& problem, std::size_t threads)
      : p_(problem),
        s_(problem.shape),
        group_(s_.heads / s_.kv_heads),
        library_(threads),
        scores_(static_cast<std::size_t>(s_.sequences * s_.heads * s_.queries * s_.keys)),
        gradients_(scores_.size() / static_cast<std::size_t>(group_)),
        mask_(static_cast<std::size_t>(s_.queries * s_.keys)) {
    for (std::int64_t i = 0; i < s_.queries; ++i)
      for (std::int64_t j = i + 1; j < s_.keys; ++j)
        mask_[static_cast<std::size_t>(i * s_.keys + j)] = std::numeric_limits<float>::lowest();
    for (std::int64_t member = 0; member < group_; ++member) {
      prepare_forward(member);
      prepare_backward(member);
    }
  }

  static void run(const std::vector<DnnWork>& works) {
    for (const DnnWork& work : works) work.run();
  }
  void forward() const { run(forward_); }
  void backward() const { run(backward_); }
  const OneDnn& library() const { return library_; }
  // What does the forward pass, one after the other.
  Json parts() const {
    Json names = Json::array();
    for (const DnnWork& work : forward_) names.push_back(work.implementation);
    return {{"composed", "products and softmax of all pairs"}, {"forward", std::move(names)}};
  }

 private:
  // sequences x kv_heads x rows x head_dim of an array of rows of heads.
  DnnTensor heads(std::vector<float>& array, std::int64_t rows, std::int64_t first,
                  std::int64_t of_group, std::int64_t stride, Side side) const {
    DnnTensor tensor{array.data() + first * s_.head_dim,
                     {s_.sequences, s_.kv_heads, rows, s_.head_dim},
                     {rows * stride, of_group * s_.head_dim, stride, 1}};
    if (side == Side::transposed) flip(tensor);
    return tensor;
  }
  DnnTensor queries(std::vector<float>& array, std::int64_t member, Side side = Side::plain) const {
    return heads(array, s_.queries, member, group_, s_.heads * s_.head_dim, side);
  }
  DnnTensor keys(std::vector<float>& array, Side side = Side::plain) const {
    return heads(array, s_.keys, 0, 1, s_.kv_heads * s_.head_dim, side);
  }
  DnnTensor scores(float* data, Side side = Side::plain) const {
    DnnTensor tensor{data,
                     {s_.sequences, s_.kv_heads, s_.queries, s_.keys},
                     {s_.kv_heads * s_.queries * s_.keys, s_.queries * s_.keys, s_.keys, 1}};
    if (side == Side::transposed) flip(tensor);
    return tensor;
  }
  static void flip(DnnTensor& tensor) {
    std::swap(tensor.dims[2], tensor.dims[3]);
    std::swap(tensor.strides[2], tensor.strides[3]);
  }
  float* probabilities(std::int64_t member) {
    return scores_.data() + member * static_cast<std::int64_t>(gradients_.size());
  }
  float scale() const { return 1 / std::sqrt(static_cast<float>(s_.head_dim)); }

  void prepare_forward(std::int64_t member) {
    const DnnTensor p = scores(probabilities(member));
    prepare_scores(member, p);
    forward_.push_back(library_.softmax(OneDnn::Softmax::plain, p, p));
    forward_.push_back(library_.product({.a = p, .b = keys(p_.v), .c = queries(p_.out, member)}));
  }

  // Where only the library's slow way would add the mask while it multiplies, it is added after.
  void prepare_scores(std::int64_t member, const DnnTensor& p) {
    const DnnTensor mask{mask_.data(), {1, 1, s_.queries, s_.keys}};
    DnnProduct product{.a = queries(p_.q, member),
                       .b = keys(p_.k, Side::transposed),
                       .c = p,
                       .scale = scale(),
                       .mask = mask};
    DnnWork at_once = library_.product(product);
    if (!at_once.implementation.starts_with("ref")) return forward_.push_back(std::move(at_once));
    product.mask = {};
    forward_.push_back(library_.product(product));
    forward_.push_back(library_.sum(p, mask, p));
  }

  void prepare_backward(std::int64_t member) {
    const auto into = member == 0 ? DnnProduct::Into::overwrite : DnnProduct::Into::add;
    const DnnTensor p = scores(probabilities(member)), dp = scores(gradients_.data());
    const auto add = [&](const DnnProduct& product) {
      backward_.push_back(library_.product(product));
    };
    add({.a = scores(probabilities(member), Side::transposed),
         .b = queries(p_.out_gradient, member),
         .c = keys(p_.v_gradient),
         .into = into});
    add({.a = queries(p_.out_gradient, member), .b = keys(p_.v, Side::transposed), .c = dp});
    backward_.push_back(library_.softmax_gradient(p, dp, dp));
    add({.a = dp, .b = keys(p_.k), .c = queries(p_.q_gradient, member), .scale = scale()});
    // The scale of a product comes before its sum.
    add({.a = scores(gradients_.data(), Side::transposed),
         .b = queries(p_.q, member),
         .c = keys(p_.k_gradient),
         .into = into,
         .scale = scale()});
  }

  AttentionProblem& p_;
  Attention s_;
  std::int64_t group_;
  OneDnn library_;
  std::vector<float> scores_, gradients_, mask_;
  std::vector<DnnWork> forward_, backward_;
};

AttentionEngine composed(AttentionProblem& problem, std::size_t threads) {
  const auto work = std::make_shared<const Composed>(problem, threads);
  AttentionEngine engine;
  engine.forward = [work] { work->forward(); };
  engine.backward = [work] { work->backward(); };
  engine.before = [work] { work->library().start_threads(); };
  engine.after = [work] { work->library().end_threads(); };
  engine.description = onednn_engine(work->library(), work->parts());
  return engine;
}

}  // namespace

std::vector<std::string> attention_engines(Hardware hardware) {
  return {"aiops", hardware == Hardware::gpu ? "cudnn" : "onednn"};
}

AttentionEngine make_attention_engine(const std::string& name, AttentionProblem& problem,
                                      std::size_t threads) {
  return name == "onednn" ? composed(problem, threads) : own(problem, threads);
}

double attention_scratch(const std::string& name, const Attention& shape) {
  if (name != "onednn") return 0;
  const auto of = [](std::int64_t n) { return static_cast<double>(n); };
  const double pairs = of(shape.queries) * of(shape.keys);
  return 4 * pairs * (of(shape.sequences) * of(shape.heads + shape.kv_heads) + 1);
}

}  // namespace aiops::bench
