// SPDX-License-Identifier: Apache-2.0
#include "train/chat/tokens.hpp"

#include "base/error.hpp"
#include "train/data/token_cache.hpp"

#include <algorithm>
#include <optional>

namespace aiops::train {
namespace {

constexpr std::size_t kWave = 256;  // conversations that are in memory as tokens

// One conversation of a wave, encoded or refused.
struct Encoded {
  std::vector<std::int32_t> tokens;
  std::optional<Error> refusal;
};

}  // namespace

void encode_chat(std::span<const ChatMessage> messages, const ChatFormat& format, Learn learn,
                 Tokenizer::Encoder& encoder, std::vector<std::int32_t>& tokens) {
  const RenderedChat chat = format.chat.render_with_spans(messages, format.variables);
  const std::string_view text = chat.text;
  const std::size_t first = tokens.size();
  const auto append = [&](std::size_t begin, std::size_t end, bool learnt) {
    const std::size_t from = tokens.size();
    encoder.encode(text.substr(begin, end - begin), tokens);
    if (learnt || learn == Learn::all) return;
    for (std::size_t i = from; i < tokens.size(); ++i) tokens[i] = ~tokens[i];
  };
  std::size_t at = 0;
  for (const TextRange& turn : chat.assistant) {
    append(at, turn.begin, false);
    append(turn.begin, turn.end, true);
    at = turn.end;
  }
  append(at, text.size(), false);
  const auto id = [&](std::size_t i) { return tokens[i] < 0 ? ~tokens[i] : tokens[i]; };
  if (tokens.size() > first + 1 && id(first) == format.bos && id(first + 1) == format.bos)
    tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(first));
  if (tokens.size() > first && tokens[first] >= 0) tokens[first] = ~tokens[first];
}

std::int64_t end_of_turn(const ChatFormat& format, const Tokenizer& tokenizer) {
  const std::vector<ChatMessage> messages{{"user", "a", {}}, {"assistant", "b", {}}};
  const RenderedChat chat = format.chat.render_with_spans(messages, format.variables);
  if (chat.assistant.empty()) return -1;
  const TextRange turn = chat.assistant.back();
  const auto tokens =
      tokenizer.encode(std::string_view(chat.text).substr(turn.begin, turn.end - turn.begin));
  if (tokens.empty()) return -1;
  return tokenizer.id_of(tokenizer.bytes_of(tokens.back()));
}

void write_chat_cache(const std::filesystem::path& file, const Conversations& conversations,
                      const ChatFormat& format, Learn learn, const Tokenizer& tokenizer,
                      ThreadPool& threads, Status& status, const StopFlag& stop) {
  Task task(status, "tokenising", conversations.size(), Status::Unit::items);
  TokenCacheWriter out(file);
  std::vector<Tokenizer::Encoder> encoders;
  for (std::size_t lane = 0; lane < threads.size(); ++lane) encoders.emplace_back(tokenizer);
  for (std::size_t begin = 0; begin < conversations.size(); begin += kWave) {
    stop.check();
    std::vector<Encoded> wave(std::min(kWave, conversations.size() - begin));
    threads.run(encoders.size(), [&](std::size_t lane) {
      for (std::size_t i = lane; i < wave.size(); i += encoders.size()) try {
          encode_chat(conversations.read(begin + i), format, learn, encoders[lane], wave[i].tokens);
        } catch (const Error& error) {
          wave[i].refusal = error;
        }
    });
    for (std::size_t i = 0; i < wave.size(); ++i) {
      if (wave[i].refusal) {
        Error error = *wave[i].refusal;
        const std::string where = conversations.where(begin + i);
        if (!error.message.starts_with(where)) error.message = where + ": " + error.message;
        throw error;
      }
      out.begin_document();
      out.append(wave[i].tokens);
    }
    task.advance(wave.size());
  }
  out.commit(~0);
}

}  // namespace aiops::train
