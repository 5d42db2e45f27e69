// SPDX-License-Identifier: Apache-2.0
#include "bench/onednn.hpp"

#include "bench/onednn_api.hpp"

namespace aiops::bench {

namespace {

using namespace dnnl;

// What executes is kept alive by who may execute it.
struct Prepared {
  Owned primitive;
  std::vector<Owned> memories;
  std::vector<Operand> operands;
};

using Named = std::vector<std::pair<Argument, DnnTensor>>;

DnnWork prepare(const std::shared_ptr<const Api>& api, const Owned& descriptor,
                const Named& tensors) {
  const std::shared_ptr<Prepared> prepared(new Prepared{Owned(api->primitive_destroy), {}, {}});
  require(api->primitive_create(prepared->primitive.fill(), descriptor.get()), "preparing");
  for (const auto& [argument, tensor] : tensors) {
    prepared->memories.push_back(api->memory(tensor));
    prepared->operands.push_back({argument, prepared->memories.back().get()});
  }
  const char* implementation = nullptr;
  require(api->primitive_desc_query(descriptor.get(), kImplementation, 0, &implementation),
          "asking what does it");
  return {[api, prepared] {
            const int count = static_cast<int>(prepared->operands.size());
            require(api->primitive_execute(prepared->primitive.get(), api->stream, count,
                                           prepared->operands.data()),
                    "an operation");
            require(api->stream_wait(api->stream), "an operation");
          },
          implementation};
}

int last_of(const DnnTensor& tensor) { return static_cast<int>(tensor.dims.size()) - 1; }

}  // namespace

OneDnn::OneDnn(std::size_t threads) : api_(std::make_shared<const Api>(static_cast<int>(threads))) {
  start_threads();
}

const std::string& OneDnn::version() const { return api_->version; }

void OneDnn::start_threads() const {
  api_->set_threads(api_->threads);
  if (api_->threads > 1)
    api_->parallel([](void*) {}, nullptr, static_cast<unsigned>(api_->threads), 0);
}

void OneDnn::end_threads() const {
  if (api_->threads > 1) api_->pause(kSoftPause);
}

DnnWork OneDnn::layer_norm(const DnnNorm& norm, const DnnTensor& y) const {
  const Description x = api_->describe(norm.x), rows = api_->describe(norm.mean);
  Description operation;
  require(
      api_->layer_normalization_forward_desc_init(operation.bytes.data(), kForward, x.bytes.data(),
                                                  rows.bytes.data(), norm.epsilon, kScaleAndShift),
      "describing a layer norm");
  return prepare(api_, api_->descriptor(operation),
                 {{kSource, norm.x},
                  {kScale, norm.weight},
                  {kShift, norm.bias},
                  {kMean, norm.mean},
                  {kVariance, norm.variance},
                  {kResult, y}});
}

DnnWork OneDnn::layer_norm_gradient(const DnnNorm& norm, const NormGradient& gradient) const {
  const Description x = api_->describe(norm.x), rows = api_->describe(norm.mean);
  Description forward, operation;
  require(
      api_->layer_normalization_forward_desc_init(forward.bytes.data(), kForward, x.bytes.data(),
                                                  rows.bytes.data(), norm.epsilon, kScaleAndShift),
      "describing a layer norm");
  require(api_->layer_normalization_backward_desc_init(
              operation.bytes.data(), kBackward, x.bytes.data(), x.bytes.data(), rows.bytes.data(),
              norm.epsilon, kScaleAndShift),
          "describing a layer norm's gradient");
  const Owned hint = api_->descriptor(forward);
  return prepare(api_, api_->descriptor(operation, nullptr, hint.get()),
                 {{kSource, norm.x},
                  {kScale, norm.weight},
                  {kShift, norm.bias},  // which it demands, and which no gradient depends on
                  {kMean, norm.mean},
                  {kVariance, norm.variance},
                  {kResultGradient, gradient.y},
                  {kSourceGradient, gradient.x},
                  {kScaleGradient, gradient.weight},
                  {kShiftGradient, gradient.bias}});
}

DnnWork OneDnn::gelu(const DnnTensor& x, const DnnTensor& y) const {
  Description operation;
  require(api_->eltwise_forward_desc_init(operation.bytes.data(), kForward, kGeluTanh,
                                          api_->describe(x).bytes.data(), 0, 0),
          "describing GELU");
  return prepare(api_, api_->descriptor(operation), {{kSource, x}, {kResult, y}});
}

DnnWork OneDnn::gelu_gradient(const DnnTensor& x, const DnnTensor& y_gradient,
                              const DnnTensor& x_gradient) const {
  const Description like = api_->describe(x);
  Description forward, operation;
  require(api_->eltwise_forward_desc_init(forward.bytes.data(), kForward, kGeluTanh,
                                          like.bytes.data(), 0, 0),
          "describing GELU");
  require(api_->eltwise_backward_desc_init(operation.bytes.data(), kGeluTanh, like.bytes.data(),
                                           like.bytes.data(), 0, 0),
          "describing GELU's gradient");
  const Owned hint = api_->descriptor(forward);
  return prepare(api_, api_->descriptor(operation, nullptr, hint.get()),
                 {{kSource, x}, {kResultGradient, y_gradient}, {kSourceGradient, x_gradient}});
}

DnnWork OneDnn::softmax(Softmax form, const DnnTensor& x, const DnnTensor& y) const {
  Description operation;
  require(api_->softmax_v2_forward_desc_init(
              operation.bytes.data(), kForward, form == Softmax::plain ? kSoftmax : kLogSoftmax,
              api_->describe(x).bytes.data(), api_->describe(y).bytes.data(), last_of(x)),
          "describing softmax");
  return prepare(api_, api_->descriptor(operation), {{kSource, x}, {kResult, y}});
}

DnnWork OneDnn::softmax_gradient(const DnnTensor& y, const DnnTensor& y_gradient,
                                 const DnnTensor& x_gradient) const {
  const Description like = api_->describe(y);
  Description forward, operation;
  require(api_->softmax_v2_forward_desc_init(forward.bytes.data(), kForward, kSoftmax,
                                             like.bytes.data(), like.bytes.data(), last_of(y)),
          "describing softmax");
  require(api_->softmax_v2_backward_desc_init(operation.bytes.data(), kSoftmax, like.bytes.data(),
                                              like.bytes.data(), like.bytes.data(), last_of(y)),
          "describing softmax's gradient");
  const Owned hint = api_->descriptor(forward);
  return prepare(api_, api_->descriptor(operation, nullptr, hint.get()),
                 {{kResult, y}, {kResultGradient, y_gradient}, {kSourceGradient, x_gradient}});
}

DnnWork OneDnn::sum(const DnnTensor& a, const DnnTensor& b, const DnnTensor& into) const {
  Description operation;
  require(api_->binary_desc_init(operation.bytes.data(), kAdd, api_->describe(a).bytes.data(),
                                 api_->describe(b).bytes.data(), api_->describe(into).bytes.data()),
          "describing a sum");
  return prepare(api_, api_->descriptor(operation), {{kSource, a}, {kSource1, b}, {kResult, into}});
}

DnnWork OneDnn::product(const DnnProduct& product) const {
  Description operation;
  require(api_->matmul_desc_init(operation.bytes.data(), api_->describe(product.a).bytes.data(),
                                 api_->describe(product.b).bytes.data(), nullptr,
                                 api_->describe(product.c).bytes.data()),
          "describing a product");
  const Owned attributes = api_->attributes(product);
  Named tensors = {{kSource, product.a}, {kWeights, product.b}, {kResult, product.c}};
  if (product.mask.data != nullptr) tensors.push_back({kMask, product.mask});
  return prepare(api_, api_->descriptor(operation, attributes.get()), tensors);
}

Json onednn_engine(const OneDnn& library, Json parts) {
  return {{"name", "oneDNN"},
          {"version", library.version()},
          {"backend", "cpu"},
          {"flags", std::move(parts)}};
}

}  // namespace aiops::bench
