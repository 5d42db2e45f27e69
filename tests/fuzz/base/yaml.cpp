// SPDX-License-Identifier: Apache-2.0
#include "base/yaml.hpp"

#include "tests/fuzz/harness.hpp"

// Asks for every key in every way a configuration does.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using aiops::YamlMap;
  return aiops::fuzz::refuses_politely([&] {
    YamlMap root = YamlMap::load("input.yaml", aiops::fuzz::text_of(data, size));
    for (const std::string& key : root.keys()) {
      for (const auto ask : {0, 1, 2, 3, 4, 5, 6})
        aiops::fuzz::refuses_politely([&] {
          if (ask == 0) root.text(key);
          if (ask == 1) root.integer(key, -100, 100);
          if (ask == 2) root.number(key, -1e9, 1e9);
          if (ask == 3) root.boolean(key);
          if (ask == 4) root.texts(key);
          if (ask == 5) root.map(key).finish();
          if (ask == 6) root.maps(key);
        });
    }
    root.finish();
  });
}
