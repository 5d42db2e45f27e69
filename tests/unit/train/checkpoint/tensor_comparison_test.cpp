// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint/tensor_comparison.hpp"

#include "fixture.hpp"
#include "pack/safetensors.hpp"

#include <cmath>

namespace aiops::train {
namespace {

using Kind = TensorDifference::Kind;

class TensorComparison : public TrainFixture {
 protected:
  void save(const char* file, const char* name, const char* dtype, std::span<const std::byte> bytes,
            std::vector<std::uint64_t> shape) const {
    make_directories((directory_ / file).parent_path());
    pack::write_safetensors(directory_ / file, {{name, dtype, std::move(shape), bytes}});
  }
  std::vector<TensorDifference> compare() const {
    const StopFlag stop;
    return compare_tensors(ModelFiles::in_directory(directory_ / "a"),
                           ModelFiles::in_directory(directory_ / "b"), stop);
  }
};

TEST_F(TensorComparison, TellsHowFarTensorsAreApart) {
  const std::vector<float> before{3, 0, -4, 0}, after{3, 1, -4, -2};
  save("a/model.safetensors", "w", "F32", std::as_bytes(std::span(before)), {2, 2});
  save("b/model.safetensors", "w", "F32", std::as_bytes(std::span(after)), {2, 2});
  const auto found = compare();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, Kind::changed);
  EXPECT_EQ(found[0].max_absolute, 2);
  EXPECT_EQ(found[0].mean_absolute, 0.75);
  EXPECT_DOUBLE_EQ(found[0].relative_norm, std::sqrt(5.0) / 5);
}

TEST_F(TensorComparison, FindsTensorsWhateverShardTheyAreIn) {
  const std::vector<float> values{1, 2};
  const auto bytes = std::as_bytes(std::span(values));
  save("a/one.safetensors", "same", "F32", bytes, {2});
  save("a/two.safetensors", "gone", "F32", bytes, {2});
  save("a/three.safetensors", "turned", "F32", bytes, {2, 1});
  save("b/1.safetensors", "turned", "F32", bytes, {1, 2});
  save("b/2.safetensors", "same", "F32", bytes, {2});
  save("b/3.safetensors", "new", "F32", bytes, {2});
  std::vector<std::pair<std::string, Kind>> kinds;
  for (const auto& tensor : compare()) kinds.emplace_back(tensor.name, tensor.kind);
  const std::vector<std::pair<std::string, Kind>> wanted{{"gone", Kind::removed},
                                                         {"new", Kind::added},
                                                         {"same", Kind::same},
                                                         {"turned", Kind::reshaped}};
  EXPECT_EQ(kinds, wanted);
}

TEST_F(TensorComparison, ComparesPrecisionsByValueAndOtherTypesByBytes) {
  const std::vector<float> values{1, -2};
  const std::vector<std::uint16_t> halves{0x3F80, 0xC000};  // 1 and -2 in bfloat16
  save("a/w.safetensors", "w", "F32", std::as_bytes(std::span(values)), {2});
  save("b/w.safetensors", "w", "BF16", std::as_bytes(std::span(halves)), {2});
  const std::vector<std::int64_t> one{1}, two{2};
  save("a/i.safetensors", "i", "I64", std::as_bytes(std::span(one)), {1});
  save("b/i.safetensors", "i", "I64", std::as_bytes(std::span(two)), {1});
  const auto found = compare();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].kind, Kind::changed);
  EXPECT_TRUE(std::isnan(found[0].max_absolute));
  EXPECT_EQ(found[1].dtype, "F32 -> BF16");
  EXPECT_EQ(found[1].kind, Kind::changed);
  EXPECT_EQ(found[1].max_absolute, 0);
}

TEST_F(TensorComparison, ANumberThatIsNoneIsNoFigure) {
  const std::vector<float> before{1, 1}, after{NAN, 2};
  save("a/w.safetensors", "w", "F32", std::as_bytes(std::span(before)), {2});
  save("b/w.safetensors", "w", "F32", std::as_bytes(std::span(after)), {2});
  EXPECT_TRUE(std::isnan(compare()[0].max_absolute));
}

}  // namespace
}  // namespace aiops::train
