// Generate.cpp - dlc-run generate: lets a model write, one token a call of a session.
// SPDX-License-Identifier: Apache-2.0
//
// Token i of what is written is drawn with number i of the random stream `dlc-run.generate` of the seed: the same command
// writes the same text.
#include "runtime/Philox.h"
#include "runtime/text/Sampler.h"
#include "runtime/text/Utf8.h"
#include "tools/dlc-run/Commands.h"
#include "tools/dlc-run/Common.h"
#include "tools/dlc-run/Interrupt.h"
#include "tools/dlc-run/Progress.h"
#include "tools/dlc-run/TextSource.h"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <limits>

namespace dlc::run {

namespace {

struct GenerateOptions {
  ModelArguments model;
  std::string weights, entry, prompt, stop;
  int64_t length = 500;
  uint64_t seed = 0;
  text::SampleOptions sampling;
  bool json = false;
};

/// What is written, as far as it cannot be the beginning of the text that ends it.
class Output {
public:
  Output(const std::string &stop, bool json) : stop_(stop), json_(json) {}

  /// True if the text to end at has come.
  bool add(std::string_view piece) {
    held_ += piece;
    last_ = piece.empty() ? last_ : std::string(piece);
    if (size_t found = stop_.empty() ? std::string::npos : held_.find(stop_); found != std::string::npos) {
      release(found);
      held_.clear();
      return true;
    }
    size_t kept = std::min(held_.size(), stop_.empty() ? 0 : stop_.size() - 1);
    while (kept > 0 && held_.compare(held_.size() - kept, kept, stop_, 0, kept) != 0)
      --kept;
    release(held_.size() - kept);
    held_.erase(0, held_.size() - kept);
    return false;
  }
  void flush() {
    release(held_.size());
    held_.clear();
  }
  /// With --json, all of it.
  const std::string &text() const { return text_; }
  /// The piece that was added last, or what stands before all.
  const std::string &last() const { return last_; }
  void setLast(const std::string &text) { last_ = text; }

private:
  void release(size_t bytes) {
    if (json_)
      text_.append(held_, 0, bytes);
    if (json_ || bytes == 0)
      return;
    std::fwrite(held_.data(), 1, bytes, stdout);
    std::fflush(stdout);
  }

  std::string stop_, held_, text_, last_;
  bool json_;
};

/// True for a session that takes one token of one row, and gives scores.
bool writes(const Entry &entry) {
  if (entry.kind != DLC_SESSION_CALL || entry.inputs.size() != 1 || entry.outputs.size() != 1)
    return false;
  const Port &in = entry.inputs[0], &out = entry.outputs[0];
  bool integers = in.type == DType::I32 || in.type == DType::I64;
  return integers && in.shape(1).elements() == 1 && (out.type == DType::F32 || out.type == DType::F64) &&
         out.shape(1).size() > 0 && out.shape(1).elements() > 1;
}

constexpr const char *expectation =
    "expected one that takes a token and gives a score for each that may follow, e.g. `func session @next(%token: "
    "i32[batch, 1]) -> (score: f32[batch, 1, vocabulary])`";

const Entry &findWriter(const Model &model, const std::string &name) {
  if (!name.empty()) {
    const Entry &entry = findEntry(model, name);
    if (!writes(entry))
      throw UserError(fmt::format("--entry {}: this is the {} entry point {}{}; {}", name, kindText(entry.kind),
                                  entry.name, entry.signature(), expectation));
    return entry;
  }
  bool any = std::any_of(model.entries().begin(), model.entries().end(), writes);
  if (!any) {
    std::vector<std::string> sessions;
    for (const Entry &entry : model.entries())
      if (entry.kind == DLC_SESSION_CALL)
        sessions.push_back(fmt::format("{}{}", entry.name, entry.signature()));
    throw UserError(fmt::format("model '{}' has no session entry point that writes ({}); {}", model.name(),
                                sessions.empty() ? "it has no session" : "it has " + join(sessions), expectation));
  }
  return chooseEntry(model, "", "--entry", "session entry point that writes", writes);
}

class Writer {
public:
  explicit Writer(GenerateOptions &options)
      : options_(options), model_(options.model.open()), entry_(findWriter(model_, options.entry)) {}
  int run();

private:
  void openVocabulary();
  std::vector<int32_t> promptTokens() const;
  void feed(Call &call, int32_t token);
  int32_t draw(const Call &call, int64_t index);
  std::string write(Call &call, std::span<const int32_t> prompt, Output &output);

  GenerateOptions &options_;
  Model model_;
  const Entry &entry_;
  std::optional<text::Vocabulary> vocabulary_;
  std::vector<float> scores_;
  int64_t written_ = 0;
};

void Writer::openVocabulary() {
  std::optional<CheckpointInfo> info = readCheckpointInfo(options_.weights);
  TextRecord record;
  if (info)
    record = TextRecord::read(*info, options_.weights);
  if (!record.vocabulary)
    throw UserError(
        fmt::format("{} has no vocabulary: expected a checkpoint of `dlc-run train --text`", options_.weights));
  vocabulary_ = std::move(record.vocabulary);
  int64_t room = entry_.outputs[0].shape(1).elements();
  if (vocabulary_->size() > room)
    throw UserError(fmt::format("the vocabulary of {} has {}, and the model scores {}: this is not the model that was "
                                "trained; compile it for {}, e.g. with `dlc --size vocabulary={}`",
                                options_.weights, vocabulary_->describe(), room, vocabulary_->size(),
                                vocabulary_->size()));
}

/// The prompt, or, without one, what a text begins behind: a line's end, or else the token that was found most often.
std::vector<int32_t> Writer::promptTokens() const {
  if (std::optional<size_t> at = text::findNoUtf8(options_.prompt); at && vocabulary_->unit() != text::Unit::Bytes)
    throw UserError(fmt::format("--prompt: its byte {} (from 0) is not UTF-8, which this model's {} are of", *at,
                                text::unitName(vocabulary_->unit())));
  std::vector<int32_t> tokens = vocabulary_->encode(options_.prompt, "--prompt");
  if (!tokens.empty())
    return tokens;
  if (std::optional<int32_t> newline = vocabulary_->find("\n"))
    return {*newline};
  for (int32_t token = 0;; ++token)
    if (!vocabulary_->isSpecial(token))
      return {token};
}

void Writer::feed(Call &call, int32_t token) {
  MutableTensorView input = call.input(0);
  if (input.dtype() == DType::I64)
    input.as<int64_t>()[0] = token;
  else
    input.as<int32_t>()[0] = token;
  call.run();
}

int32_t Writer::draw(const Call &call, int64_t index) {
  TensorView output = call.output(0);
  scores_.resize(size_t(vocabulary_->size()));
  for (size_t i = 0; i < scores_.size(); ++i)
    scores_[i] =
        vocabulary_->isSpecial(int32_t(i)) ? -std::numeric_limits<float>::infinity() : float(output.at(int64_t(i)));
  double number = PhiloxStream(options_.seed, "dlc-run.generate").uniform64(uint64_t(index));
  return text::pick(text::candidates(scores_, options_.sampling), number);
}

/// Writes behind the prompt; why it ended.
std::string Writer::write(Call &call, std::span<const int32_t> prompt, Output &output) {
  for (int32_t token : prompt) {
    if (*interrupted())
      return "interrupted";
    feed(call, token);
  }
  while (written_ < options_.length) {
    if (*interrupted() || std::ferror(stdout)) // of a disk that is full, say; the end tells
      return "interrupted";
    int32_t token = draw(call, written_++);
    if (output.add(vocabulary_->written(token, output.last())))
      return "stop";
    if (written_ < options_.length)
      feed(call, token);
  }
  return "length";
}

int Writer::run() {
  openVocabulary();
  std::vector<int32_t> tokens = promptTokens();
  Session session = model_.newSession(readParameters(model_, options_.weights));
  Call call = session.prepare(entry_.name, entry_.capacity);
  if (entry_.hasBatch())
    call.setExtent(1);
  catchInterrupts();
  // A prompt is no place to stop at.
  Output prompt("", options_.json), output(options_.stop, options_.json);
  prompt.add(options_.prompt);
  if (vocabulary_->unit() == text::Unit::Words && !options_.prompt.empty())
    output.setLast(options_.prompt);
  std::string reason = write(call, tokens, output);
  output.flush();
  if (options_.json)
    Progress(true).event({{"event", "end"},
                          {"reason", reason},
                          {"tokens", written_},
                          {"prompt", text::wellFormed(options_.prompt)},
                          {"text", text::wellFormed(output.text())}});
  else
    std::fputs("\n", stdout);
  return reason == "interrupted" ? interruptedExitCode : 0;
}

} // namespace

void addGenerate(CLI::App &app) {
  CLI::App &command = addSubcommand(app, "generate", "Let a model write that was trained by train --text",
                                    "dlc-run generate names.so --weights names.safetensors --prompt an \\\n"
                                    "    --length 200 --temperature 0.8");
  auto options = std::make_shared<GenerateOptions>();
  options->model.addTo(command);
  command.add_option("--weights", options->weights, "Checkpoint of a training on a text, which has its vocabulary")
      ->required()
      ->option_text("FILE");
  command.add_option("--entry", options->entry, "Session to call, where more than one takes a token and gives scores")
      ->option_text("NAME");
  command.add_option("--prompt", options->prompt, "What it goes on from (default: a line's end, which is not printed)")
      ->option_text("TEXT");
  addWhole(command, "--length", options->length, "Tokens to write at most (default 500)");
  addReal(command, "--temperature", options->sampling.temperature,
          "Divides the scores: below 1 the likely ones are drawn more often; 0 takes the likeliest (default 1)",
          {0, std::numeric_limits<double>::max(), "a number from 0, such as 0.8"});
  addWhole(command, "--top-k", options->sampling.topK, "Draw among so many of the likeliest tokens (default: all)",
           int64_t(1), text::mostTokens, "K");
  addReal(command, "--top-p", options->sampling.topP,
          "Draw among the fewest tokens that together have this probability (default 1)",
          {std::numeric_limits<double>::denorm_min(), 1, "a number above 0, to 1, such as 0.9"}, "P");
  addSeed(command, options->seed, "Of what is drawn (default 0)");
  command.add_option("--stop", options->stop, "End before this text")->option_text("TEXT");
  command.add_flag("--json", options->json, "Print a JSON object at the end, and nothing before");
  command.callback([options] { exitCode() = Writer(*options).run(); });
}

} // namespace dlc::run
