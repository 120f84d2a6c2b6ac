// TrainFiles.cpp - what a run writes, and what may not be written over.
// SPDX-License-Identifier: Apache-2.0
#include "runtime/File.h"
#include "runtime/Safetensors.h"
#include "tools/dlc-run/Classes.h"
#include "tools/dlc-run/Common.h"
#include "tools/dlc-run/Curve.h"
#include "tools/dlc-run/TrainRun.h"

#include <cmath>
#include <filesystem>
#include <tuple>

namespace dlc::run {

Json stateOf(const CheckpointInfo &info, const std::string &path) {
  auto stored = info.values.find("state");
  Json state = stored == info.values.end() ? Json::object() : parseJson(stored->second);
  if (!state.is_object())
    throw UserError(fmt::format("{} is a damaged checkpoint: its 'user.state' is no JSON object", path));
  return state;
}

std::vector<NamedFile> TrainRun::outputs() const {
  std::vector<NamedFile> files;
  for (auto &[option, path] : {std::pair{"--out", options_.out},
                               {"--best", options_.best},
                               {"--curve", options_.curve},
                               {"--log", options_.log}})
    if (!path.empty())
      files.push_back({option, path});
  return files;
}

bool TrainRun::isOwn(const NamedFile &file) const {
  if (resumedFrom_.empty())
    return false;
  if (file.option == "--curve")
    return isPicture(readBeginning(file.path), title());
  if (file.option == "--log") {
    std::string beginning = readBeginning(file.path);
    Json first = parseJson(beginning.substr(0, beginning.find('\n')));
    return first.is_object() && first.value("event", Json()) == "start" &&
           first.value("model", Json()) == model_->name() && first.value("entry", Json()) == entry_->name &&
           first.value("seed", Json()) == options_.seed;
  }
  if (isSameFile(file.path, resumedFrom_))
    return true;
  return file.option == "--best" && kept().has_value();
}

std::optional<std::pair<double, int64_t>> TrainRun::kept() const {
  try {
    std::optional<CheckpointInfo> info = readCheckpointInfo(options_.best);
    if (!info || info->hash != model_->hash() || info->seed != options_.seed)
      return std::nullopt;
    History history;
    history.load(stateOf(*info, options_.best).value("history", Json()));
    // Of one run, whichever of the two is further on.
    if (history.epochs().empty() || !history.agrees(history_))
      return std::nullopt;
    std::optional<double> loss = judged(history.epochs().back().validation);
    int64_t epoch = info->version > 1 ? info->examples / trainRows_ : info->epoch;
    return loss ? std::optional(std::pair(*loss, std::max<int64_t>(epoch, 1))) : std::nullopt;
  } catch (const std::runtime_error &) { // not there, or no checkpoint
    return std::nullopt;
  }
}

void TrainRun::findBest() {
  if (options_.best.empty() || resumedFrom_.empty())
    return;
  if (auto found = kept()) {
    std::tie(keptLoss_, keptEpoch_) = *found;
  } else if (bestEpoch_ > 0) {
    progress_.line(fmt::format("{} is not there, or not of this run, whose best was epoch {}: the best of the epochs "
                               "from now on is written to it",
                               options_.best, bestEpoch_));
  }
}

bool TrainRun::isPictureFile(const std::string &path) const {
  return data_->holds(path) || (testData_ && testData_->holds(path));
}

void TrainRun::checkFiles() {
  std::vector<NamedFile> read = {{"the library", options_.model.library}};
  if (resumedFrom_.empty())
    read.push_back({"--weights", options_.weights});
  read.push_back({"--classes", options_.classes});
  for (const std::optional<DataSet> *data : {&data_, &testData_})
    if (*data)
      for (const Column &column : (*data)->columns())
        read.push_back({"the data file", column.path});
  checkOutputs(outputs(), read);
  // A run may go on in the checkpoint that it goes on from, and keep it as its best.
  checkOutputs({{"--curve", options_.curve}, {"--log", options_.log}}, {{"--resume", resumedFrom_}});
  for (const NamedFile &file : outputs()) {
    std::error_code error;
    bool exists = std::filesystem::is_regular_file(file.path, error) && isSameFile(file.path, file.path);
    if (exists && isPictureFile(file.path))
      throw UserError(fmt::format("{} {}: this is one of the files that pictures are read from; give another name",
                                  file.option, file.path));
    if (options_.overwrite || !exists || isOwn(file)) // a device, or /dev/stdout, is nothing to lose
      continue;
    bool resumable = file.option == "--out" && resumedFrom_.empty();
    throw UserError(fmt::format("{} exists, and this run does not go on from it: {}--overwrite replaces it, "
                                "{} FILE writes elsewhere",
                                file.path, resumable ? fmt::format("--resume {} goes on, ", shellQuote(file.path)) : "",
                                file.option));
  }
  // Everything of a save but the disk.
  save("/dev/null");
}

bool TrainRun::attempt(const std::string &path, const std::function<void()> &action) {
  try {
    action();
  } catch (const std::exception &error) {
    problems_[path] = error.what();
    progress_.warn(error.what());
    return false;
  }
  problems_.erase(path);
  return true;
}

void TrainRun::save(const std::string &path) {
  CheckpointInfo info;
  info.examples = seen_;
  Json run = options_.save();
  if (!fromStart_)
    run["changed"] = true;
  info.values["run"] = run.dump();
  Json state = {{"sums", sums_->save()},
                {"history", history_.save()},
                {"length", {{"total", length_.total}, {"warmup", length_.warmup}, {"epoch", length_.epoch}}},
                {"factor", factor_}};
  if (bestEpoch_ > 0) {
    state["best_loss"] = jsonNumber(bestLoss_);
    state["best_epoch"] = bestEpoch_;
    state["since_best"] = sinceBest_;
  }
  info.values["state"] = state.dump();
  keepClasses(classes_, info);
  options_.data.text.store(info);
  training_->save(path, info);
}

void TrainRun::flushLog() {
  log_.flush();
  if (!log_.problem().empty() && !problems_.contains(options_.log))
    attempt(options_.log, [&] { throw UserError(log_.problem()); });
}

} // namespace dlc::run
