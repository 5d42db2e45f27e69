// SPDX-License-Identifier: Apache-2.0
#include "bench/onednn_api.hpp"

#include "base/dynamic_library.hpp"
#include "base/error.hpp"

#include <vector>

namespace aiops::bench::dnnl {

void require(int status, const char* what) {
  if (status != 0)
    throw Error(ExitCode::failed,
                std::string("oneDNN: ") + what + " failed with status " + std::to_string(status));
}

Api::Api(int wanted_threads) : threads(wanted_threads) {
  const DynamicLibrary library("libdnnl.so.2", "apt-get install libdnnl2");
  const Version& v = *library.function<const Version*()>("dnnl_version")();
  version = std::to_string(v.major) + "." + std::to_string(v.minor) + "." + std::to_string(v.patch);
  if (v.cpu_runtime != kOpenMp)
    throw Error(ExitCode::failed,
                "libdnnl.so.2 is not one that uses OpenMP, so it cannot be told "
                "how many threads to use",
                "apt-get install libdnnl2");
  const DynamicLibrary openmp("libgomp.so.1", "apt-get install libgomp1");
  openmp.find(set_threads, "omp_set_num_threads");
  openmp.find(parallel, "GOMP_parallel");
  openmp.find(pause, "omp_pause_resource_all");
#define AIOPS_FIND(name) library.find(name, "dnnl_" #name)
  AIOPS_FIND(memory_desc_init_by_strides);
  AIOPS_FIND(memory_create);
  AIOPS_FIND(memory_destroy);
  AIOPS_FIND(primitive_desc_create);
  AIOPS_FIND(primitive_desc_query);
  AIOPS_FIND(primitive_desc_destroy);
  AIOPS_FIND(primitive_create);
  AIOPS_FIND(primitive_execute);
  AIOPS_FIND(primitive_destroy);
  AIOPS_FIND(primitive_attr_create);
  AIOPS_FIND(primitive_attr_set_output_scales);
  AIOPS_FIND(primitive_attr_set_post_ops);
  AIOPS_FIND(primitive_attr_destroy);
  AIOPS_FIND(post_ops_create);
  AIOPS_FIND(post_ops_append_binary);
  AIOPS_FIND(post_ops_append_sum);
  AIOPS_FIND(post_ops_destroy);
  AIOPS_FIND(layer_normalization_forward_desc_init);
  AIOPS_FIND(layer_normalization_backward_desc_init);
  AIOPS_FIND(eltwise_forward_desc_init);
  AIOPS_FIND(eltwise_backward_desc_init);
  AIOPS_FIND(softmax_v2_forward_desc_init);
  AIOPS_FIND(softmax_v2_backward_desc_init);
  AIOPS_FIND(binary_desc_init);
  AIOPS_FIND(matmul_desc_init);
  AIOPS_FIND(stream_wait);
  AIOPS_FIND(engine_destroy);
  AIOPS_FIND(stream_destroy);
#undef AIOPS_FIND
  require(library.function<int(Handle*, int, std::size_t)>("dnnl_engine_create")(&engine, kCpu, 0),
          "making an engine");
  require(library.function<int(Handle*, Handle, unsigned)>("dnnl_stream_create")(&stream, engine,
                                                                                 kInOrder),
          "making a stream");
}

Description Api::describe(const DnnTensor& tensor) const {
  std::vector<std::int64_t> strides = tensor.strides;
  if (strides.empty()) {
    strides.assign(tensor.dims.size(), 1);
    for (std::size_t i = tensor.dims.size(); i-- > 1;) strides[i - 1] = strides[i] * tensor.dims[i];
  }
  Description description;
  require(
      memory_desc_init_by_strides(description.bytes.data(), static_cast<int>(tensor.dims.size()),
                                  tensor.dims.data(), kFp32, strides.data()),
      "describing a tensor");
  return description;
}

Owned Api::memory(const DnnTensor& tensor) const {
  Owned memory(memory_destroy);
  require(memory_create(memory.fill(), describe(tensor).bytes.data(), engine, tensor.data),
          "naming memory");
  return memory;
}

Owned Api::descriptor(const Description& operation, Handle attributes, Handle hint) const {
  Owned descriptor(primitive_desc_destroy);
  require(
      primitive_desc_create(descriptor.fill(), operation.bytes.data(), attributes, engine, hint),
      "describing an operation");
  return descriptor;
}

Owned Api::attributes(const DnnProduct& product) const {
  Owned attributes(primitive_attr_destroy), after(post_ops_destroy);
  require(primitive_attr_create(attributes.fill()), "making attributes");
  if (product.scale != 1)
    require(primitive_attr_set_output_scales(attributes.get(), 1, 0, &product.scale),
            "setting a scale");
  require(post_ops_create(after.fill()), "making attributes");
  if (product.mask.data != nullptr)
    require(post_ops_append_binary(after.get(), kAdd, describe(product.mask).bytes.data()),
            "adding a mask");
  if (product.into == DnnProduct::Into::add)
    require(post_ops_append_sum(after.get(), 1), "adding a sum");
  require(primitive_attr_set_post_ops(attributes.get(), after.get()), "setting attributes");
  return attributes;
}

}  // namespace aiops::bench::dnnl
