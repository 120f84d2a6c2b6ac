// Train.cpp - dlc-run train: epochs over shuffled rows, with checkpoints, validation and a picture.
// SPDX-License-Identifier: Apache-2.0
//
// All that decides a step is a function of the seed and of where the run stands: the order of an epoch's
// rows, the learning rate, the random streams. So a run that is stopped anywhere and resumed gives the same
// bits as one that was not. Where it stands is one number, the examples trained on: it means the same whatever the
// batch and the length of an epoch.
#include "runtime/File.h"
#include "runtime/Model.h"
#include "runtime/Philox.h"
#include "runtime/Safetensors.h"
#include "tools/dlc-run/Classes.h"
#include "tools/dlc-run/Commands.h"
#include "tools/dlc-run/Common.h"
#include "tools/dlc-run/Curve.h"
#include "tools/dlc-run/Data.h"
#include "tools/dlc-run/Evaluation.h"
#include "tools/dlc-run/History.h"
#include "tools/dlc-run/Interrupt.h"
#include "tools/dlc-run/Log.h"
#include "tools/dlc-run/Progress.h"
#include "tools/dlc-run/TrainOptions.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <tuple>

namespace dlc::run {

namespace {

/// The rows of an epoch in the order in which they are trained on: Fisher and Yates' shuffle, drawn from a
/// random stream named by the epoch.
std::vector<uint32_t> shuffledRows(int64_t count, uint64_t seed, int64_t epoch) {
  std::vector<uint32_t> rows(static_cast<size_t>(count));
  std::iota(rows.begin(), rows.end(), 0u);
  PhiloxStream stream(seed, fmt::format("dlc-run.shuffle.{}", epoch));
  for (size_t i = rows.size(); i > 1; --i)
    std::swap(rows[i - 1], rows[stream.below(i - 1, uint32_t(i))]);
  return rows;
}

/// How far the windows of a text are moved on in an epoch: so it is not cut at the same places every time.
int64_t windowShift(const Windows &windows, uint64_t seed, int64_t epoch) {
  PhiloxStream stream(seed, fmt::format("dlc-run.windows.{}", epoch));
  return stream.below(0, uint32_t(std::min<int64_t>(windows.slack + 1, std::numeric_limits<uint32_t>::max())));
}

/// What a run keeps in its checkpoints beside what the runtime keeps.
Json stateOf(const CheckpointInfo &info, const std::string &path) {
  auto stored = info.values.find("state");
  Json state = stored == info.values.end() ? Json::object() : parseJson(stored->second);
  if (!state.is_object())
    throw UserError(fmt::format("{} is a damaged checkpoint: its 'user.state' is no JSON object", path));
  return state;
}

int64_t countIn(const Json &state, const std::string &key, const std::string &path) {
  Json value = state.value(key, Json(0));
  if (!value.is_number_integer() || value < 0 || value > int64_t(1) << 62)
    throw UserError(fmt::format("{} is a damaged checkpoint: its {} is {}", path, key, value.dump()));
  return value.get<int64_t>();
}

/// Beyond any run: what sums and products of examples are cut at.
constexpr int64_t endless = std::numeric_limits<int64_t>::max() / 4;

int64_t product(int64_t a, int64_t b) {
  int64_t result;
  return __builtin_mul_overflow(a, b, &result) ? endless : std::min(result, endless);
}

/// What early stopping judges an epoch by: the validation loss, or, of a function that tells accuracy alone, its
/// part of errors. Nothing if it tells neither.
std::optional<double> judged(const Metrics &validation) {
  std::optional<double> errors;
  for (auto &[name, value] : validation) {
    if (name == "loss")
      return value;
    if (name == "accuracy")
      errors = 1 - value;
  }
  return errors;
}

/// True if loss `a` is better than `b`: any finite one than an infinite one, and that than NaN.
bool better(double a, double b) {
  auto rank = [](double loss) { return std::isfinite(loss) ? 0 : std::isinf(loss) ? 1 : 2; };
  return rank(a) != rank(b) ? rank(a) < rank(b) : rank(a) == 0 && a < b;
}

double numberIn(const Json &state, const std::string &key, const std::string &path) {
  try {
    return numberFromJson(state.at(key));
  } catch (const std::exception &) {
    throw UserError(fmt::format("{} is a damaged checkpoint: its {} is no number", path, key));
  }
}

class TrainRun {
public:
  explicit TrainRun(TrainOptions &options) : options_(options), progress_(options.json) {}
  int run();

private:
  enum class End { Complete, Steps, Patience, Interrupted };

  void openModel();
  /// Reads texts, before the weights: what does not fit the model is told in words of texts then.
  void openText();
  void resume();
  void openData();
  void takeEqualParts();
  /// The names of the classes: the data's, the checkpoint's or those of --classes.
  void nameClasses();
  /// What windows of a text ask of a batch.
  void openWindows();
  void openValidation(int64_t rows);
  /// Where the run stands and how long it is, once the data are known.
  void findPlace();
  int64_t examplesAfter(int64_t seen, int64_t steps) const;
  void openTestData();
  /// Fails now rather than after an hour where a file could not be written, or would take the place of another.
  void checkFiles();
  std::vector<NamedFile> outputs() const;
  std::string title() const { return fmt::format("{}: {}", model_->name(), entry_->name); }
  /// The validation loss and the epoch of the checkpoint that --best names, where it is one of this run's.
  std::optional<std::pair<double, int64_t>> kept() const;
  /// True if the file there is this run's own, from before it was resumed.
  bool isOwn(const NamedFile &file) const;
  void findBest();
  void announce();
  void announceResume();
  End loop();
  /// The rows of an epoch in the order in which they are trained on.
  std::vector<uint32_t> beginEpoch(int64_t epoch);
  /// What is left of one epoch; nothing if it came to its end.
  std::optional<End> epoch(int64_t epoch);
  void trainStep(std::span<const uint32_t> rows, int64_t epoch);
  void reportStep(int64_t epoch, int64_t at);
  void endEpoch(int64_t epoch, double seconds);
  /// True if the validation loss is the best so far.
  bool judge(const Metrics &validation, int64_t epoch);
  void save(const std::string &path);
  /// Does what may fail for one file's sake: then it is said, here and at the end, and the run goes on.
  bool attempt(const std::string &path, const std::function<void()> &action);
  void flushLog();
  void finish(End end);
  std::optional<Metrics> test(const Parameters &parameters, int64_t &rows);

  TrainOptions &options_;
  Progress progress_;
  std::optional<Model> model_;
  std::optional<Training> training_;
  const Entry *entry_ = nullptr, *evaluation_ = nullptr;
  std::optional<DataSet> data_, testData_, validationData_; ///< validation rows, where they are not the end of data_
  std::vector<std::string> classes_;
  std::optional<Call> step_;
  std::optional<Feed> feed_;
  std::optional<Evaluation> validation_;
  std::optional<MetricSums> sums_;
  Metrics unfinished_; ///< of an epoch that the run ended in
  History history_;
  Log log_;
  std::map<std::string, std::string> problems_;       ///< by file: why it is not as it should be
  std::vector<std::pair<std::string, double>> rates_; ///< learning rates before the schedule

  size_t lossOutput_ = 0;
  int64_t trainRows_ = 0, validationRows_ = 0, leftOut_ = 0, perEpoch_ = 0, epochs_ = 0;
  int64_t seen_ = 0; ///< examples trained on, in all
  RunLength length_;
  double factor_ = 1;                     ///< of the learning rate in the last step
  std::optional<RunLength> lengthBefore_; ///< of the run that made the checkpoint
  double factorBefore_ = 1;
  double bestLoss_ = 0;
  int64_t bestEpoch_ = 0, sinceBest_ = 0; ///< no best while bestEpoch_ is 0
  double keptLoss_ = 0;                   ///< of the checkpoint that --best names
  int64_t keptEpoch_ = 0;                 ///< its epoch; 0: there is none
  bool fromStart_ = true;                 ///< a run from the start with these settings gives the same
  std::string resumedFrom_;
  std::optional<CheckpointInfo> checkpoint_; ///< that it goes on from
  int64_t batchBefore_ = 0;                  ///< of its run; 0: not known
  bool forgets_ = false;                     ///< each step begins with the initial state of a session

  double started_ = 0, epochStarted_ = 0;
  int64_t rowsDone_ = 0, rowsTotal_ = 0; ///< in this process
};

void TrainRun::openModel() {
  model_ = options_.model.open();
  std::optional<CheckpointInfo> info;
  if (!options_.resume.empty()) {
    info = readCheckpointInfo(options_.resume);
    if (!info)
      throw UserError(fmt::format("{} is a file of weights, not a checkpoint: start from it by --weights {}",
                                  options_.resume, options_.resume));
    auto stored = info->values.find("run");
    Json settings = stored == info->values.end() ? Json::object() : parseJson(stored->second);
    if (!settings.is_object())
      throw UserError(fmt::format("{} is a damaged checkpoint: its 'user.run' is no JSON object", options_.resume));
    // A checkpoint that a program wrote says nothing about a run.
    fromStart_ = options_.inherit(settings) && stored != info->values.end();
    if (options_.seedGiven() && options_.seed != info->seed)
      throw UserError(fmt::format("--seed {}: the checkpoint's run has seed {}; leave --seed out to go on with it",
                                  options_.seed, info->seed));
    options_.seed = info->seed;
    resumedFrom_ = options_.resume;
    if (Json batch = settings.value("batch", Json()); batch.is_number_integer())
      batchBefore_ = batch.get<int64_t>();
  } else if (!options_.weights.empty() && options_.data.text.options.given()) {
    info = readCheckpointInfo(options_.weights);
  }
  if (info)
    options_.data.text.restore(*info, options_.resume.empty() ? options_.weights : options_.resume);
  if (options_.epochs == 0 && options_.steps == 0)
    options_.epochs = 5;
  if (options_.out.empty())
    options_.out = options_.resume.empty() ? withSuffix(options_.model.library, ".safetensors") : options_.resume;
  if (options_.curve.empty())
    options_.curve = withSuffix(options_.out, ".svg");

  const Entry &wanted = chooseEntry(*model_, options_.entry, "--entry", "train step",
                                    [](const Entry &entry) { return entry.kind == DLC_TRAIN; });
  if (wanted.kind != DLC_TRAIN)
    throw UserError(
        fmt::format("--entry {}: this is a {} entry point, not a train step", wanted.name, kindText(wanted.kind)));
  entry_ = &model_->entry(wanted.name, options_.batch ? options_.batch : std::numeric_limits<int64_t>::max());
  checkBatch(*entry_, options_.batch);
  if (options_.batch == 0)
    options_.batch = std::max<int64_t>(1, entry_->capacity);
}

void TrainRun::openText() {
  TextSource &text = options_.data.text;
  text.options.check();
  if (!text.options.given())
    return;
  // A text without a word about it is held out by a tenth, the others by nothing.
  if (text.options.isStream() && options_.resume.empty() && !options_.given("--validation"))
    options_.validation = 0.1;
  if (text.options.isStream())
    options_.tellAlways("--validation");
  text.prepare(*model_, *entry_, {options_.validation, options_.validationRows});
}

void TrainRun::resume() {
  Parameters parameters = model_->newParameters(options_.seed);
  if (!options_.weights.empty() && options_.resume.empty())
    parameters.load(options_.weights);
  training_ = model_->newTraining(parameters, options_.seed);
  sums_.emplace(*entry_);
  if (!options_.resume.empty()) {
    checkpoint_ = training_->load(options_.resume);
    if (Json state = stateOf(*checkpoint_, options_.resume); !state.empty()) {
      history_.load(state.value("history", Json()));
      Json sums = state.value("sums", Json());
      sums_->load(sums.is_object() ? sums : Json::object());
      if (state.contains("length")) {
        Json length = state["length"].is_object() ? state["length"] : Json::object();
        lengthBefore_ = {countIn(length, "total", options_.resume), countIn(length, "warmup", options_.resume),
                         countIn(length, "epoch", options_.resume)};
        factorBefore_ = factor_ = numberIn(state, "factor", options_.resume);
      }
      if (state.contains("best_loss")) {
        bestLoss_ = numberIn(state, "best_loss", options_.resume);
        bestEpoch_ = countIn(state, "best_epoch", options_.resume);
        sinceBest_ = countIn(state, "since_best", options_.resume);
      }
    }
  }
  for (auto &[name, value] : parseScalars(*entry_, options_.scalars))
    training_->set(name, value);
  for (const ScalarInfo &scalar : entry_->scalars)
    if (scalar.name == "lr" || scalar.name.ends_with(".lr"))
      rates_.emplace_back(scalar.name, training_->scalar(scalar.name));
  if (options_.hasSchedule() && rates_.empty())
    throw UserError(fmt::format("entry point '{}' has no learning rate 'lr' that --schedule or --warmup could change",
                                entry_->name));
}

void TrainRun::openData() {
  if (options_.data.empty() && !entry_->inputs.empty())
    throw UserError(fmt::format("no data: give --data DIR (a folder with MNIST's files), or --map NAME=FILE for each "
                                "input of '{}': {}",
                                entry_->name, join(namesOf(entry_->inputs))));
  options_.data.scales.check(*entry_);
  data_ = DataSet::load(*entry_, options_.data, Split::Train, Split::Train, true);
  nameClasses();
  step_ = training_->prepare(entry_->name, entry_->capacity);
  step_->setTrapNotFinite(options_.trapNan);
  feed_.emplace(*data_, *step_);

  std::vector<size_t> numbers = MetricSums(*entry_).indices();
  if (numbers.empty())
    throw UserError(fmt::format("entry point '{}' returns no loss", entry_->name));
  lossOutput_ = numbers[0];
  for (size_t output : numbers)
    if (entry_->outputs[output].name == "loss")
      lossOutput_ = output;

  if (data_->windows())
    openWindows();
  openValidation(feed_->rows());
  openTestData();
}

void TrainRun::openWindows() {
  bool contiguous = data_->windows()->isContiguous;
  forgets_ = !contiguous && entry_->needs(DLC_SESSION);
  if (!contiguous)
    return;
  if (feed_->rows() < options_.batch)
    throw UserError(
        fmt::format("{} has {} windows, fewer than the {} rows of a batch, each of which reads a part of the "
                    "text: give --batch {}, or a longer text",
                    options_.data.text.options.text, feed_->rows(), options_.batch, feed_->rows()));
  if (batchBefore_ && batchBefore_ != options_.batch)
    throw UserError(fmt::format("--batch {}: each row of a batch goes on where it ended in the batch before, and the "
                                "checkpoint's run has batch {}; leave --batch out to go on with it",
                                options_.batch, batchBefore_));
}

void TrainRun::openValidation(int64_t rows) {
  if (options_.data.text.options.given()) {
    trainRows_ = data_->windows() && data_->windows()->isContiguous ? rows / options_.batch * options_.batch : rows;
  } else {
    validationRows_ =
        options_.validationRows ? options_.validationRows : int64_t(std::llround(options_.validation * double(rows)));
    if (validationRows_ >= rows)
      throw UserError(
          fmt::format("{} validation rows of {} leave none to train on", countText(validationRows_), countText(rows)));
    trainRows_ = rows - validationRows_;
  }
  takeEqualParts();
  evaluation_ = findEvaluation(*model_, options_.evaluation, options_.data.text.options.isStream());
  if (evaluation_ && options_.data.text.options.given() && data_->covers(*evaluation_))
    validationData_ = options_.data.text.load(*evaluation_, Part::Validation);
  if (validationRows_ > 0 || validationData_ || options_.validation > 0) {
    if (!evaluation_ || !data_->covers(*evaluation_))
      throw UserError(fmt::format("model '{}' has no function that returns loss or accuracy for the inputs {}: "
                                  "validation needs one; name it by --evaluation",
                                  model_->name(), join(namesOf(entry_->inputs))));
    if ((options_.patience > 0 || !options_.best.empty()) && !judged(MetricSums(*evaluation_).means()))
      throw UserError(fmt::format("{}: '{}' returns no number called loss or accuracy to judge an epoch by; name "
                                  "another function by --evaluation",
                                  options_.patience > 0 ? "--patience" : "--best", evaluation_->name));
    validation_.emplace(*model_, *evaluation_, training_->parameters(), validationData_ ? *validationData_ : *data_);
    if (validationData_)
      validationRows_ = validation_->rows();
  } else if (options_.patience > 0 || !options_.best.empty()) {
    throw UserError(fmt::format("{} needs validation rows: give --validation 0.1, say",
                                options_.patience > 0 ? "--patience" : "--best"));
  }
}

/// A step that accumulates takes a multiple of its parts: the rows left over are validated with, or left out.
void TrainRun::takeEqualParts() {
  int64_t left = trainRows_ % entry_->parts;
  if (left == trainRows_)
    throw UserError(
        fmt::format("{} rows to train on: '{}' works through equal parts of a batch (accumulate), and needs "
                    "at least {}",
                    countText(trainRows_), entry_->name, entry_->parts));
  trainRows_ -= left;
  (validationRows_ ? validationRows_ : leftOut_) += left;
}

void TrainRun::nameClasses() {
  classes_ = data_->classes();
  std::string where = data_->picturePath();
  if (!options_.classes.empty() && !classes_.empty())
    throw UserError(
        fmt::format("--classes {}: the data have names for their classes: leave it out, or rename the folders of {}",
                    options_.classes, where));
  std::vector<std::string> kept = checkpoint_ ? classesOf(*checkpoint_, resumedFrom_) : std::vector<std::string>();
  if (!options_.classes.empty() && (kept.empty() || options_.given("--classes")))
    classes_ = readNames(where = options_.classes);
  checkClasses(classes_, where, kept, resumedFrom_);
  if (classes_.empty())
    classes_ = kept;
  checkClassCount(*model_, *entry_, classes_, where);
}

/// Where a run stands `steps` steps after it stood at `seen`: the last batch of an epoch may be short.
int64_t TrainRun::examplesAfter(int64_t seen, int64_t steps) const {
  int64_t rest = trainRows_ - seen % trainRows_, restSteps = (rest + options_.batch - 1) / options_.batch;
  if (steps < restSteps)
    return seen + steps * options_.batch;
  steps -= restSteps;
  return std::min(endless, seen + rest + product(steps / perEpoch_, trainRows_) + steps % perEpoch_ * options_.batch);
}

void TrainRun::findPlace() {
  perEpoch_ = (trainRows_ + options_.batch - 1) / options_.batch;
  if (checkpoint_) {
    // A checkpoint of format 1 counts epochs; its run is taken to have had as many examples.
    seen_ = checkpoint_->version > 1
                ? checkpoint_->examples
                : product(checkpoint_->epoch, trainRows_) + std::min(checkpoint_->cursor, trainRows_);
    seen_ = std::min(seen_, endless);
  }
  length_.epoch = trainRows_;
  length_.total = endless;
  if (options_.epochs)
    length_.total = product(options_.epochs, trainRows_);
  if (options_.steps)
    length_.total =
        std::min(length_.total, examplesAfter(seen_, std::max<int64_t>(0, options_.steps - training_->step())));
  epochs_ = (length_.total + trainRows_ - 1) / trainRows_;
  // Steps of warmup are those of the batch that the run began with.
  length_.warmup =
      lengthBefore_ && !options_.given("--warmup") ? lengthBefore_->warmup : examplesAfter(0, options_.warmup);
  if (lengthBefore_ && lengthBefore_->epoch != trainRows_)
    fromStart_ = false;
}

/// Read before the first step, so that what is wrong with it is known then and not after the last.
void TrainRun::openTestData() {
  bool isText = options_.data.text.options.given();
  if (!evaluation_ || (options_.data.directory.empty() && !isText))
    return;
  if (isText) {
    // A text has no test part: another text is for eval.
    if (!options_.data.text.options.isStream() && data_->covers(*evaluation_))
      testData_ = options_.data.text.load(*evaluation_, Part::Test);
    return;
  }
  DataArguments arguments = options_.data;
  arguments.maps.clear();
  testData_ = DataSet::load(*evaluation_, arguments, Split::Test, Split::Test, false);
  if (!testData_)
    return;
  checkClasses(testData_->classes(), testData_->picturePath(), classes_, data_->picturePath());
  Call call = model_->prepare(evaluation_->name, training_->parameters(), evaluation_->capacity);
  Feed checked(*testData_, call);
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

void TrainRun::announce() {
  int64_t weights = 0;
  for (const TensorInfo &tensor : model_->tensors())
    if (tensor.kind == DLC_PARAMETER)
      weights += tensor.dims.elements();
  Metrics scalars;
  for (const ScalarInfo &scalar : entry_->scalars)
    scalars.emplace_back(scalar.name, training_->scalar(scalar.name));
  std::string held = validationRows_ ? fmt::format(", {} held out for validation", countText(validationRows_)) : "";
  if (leftOut_)
    held = fmt::format(", {} left out (a step takes {} equal parts)", leftOut_, entry_->parts);
  progress_.line(fmt::format("{}: {} parameters, train step '{}', {}, {} thread{}", model_->name(), countText(weights),
                             entry_->name, model_->target(), model_->threads(), model_->threads() == 1 ? "" : "s"));
  progress_.line(fmt::format("{} examples{}; batch {}, {} steps an epoch, seed {}{}{}", countText(trainRows_), held,
                             options_.batch, countText(perEpoch_), options_.seed, scalars.empty() ? "" : ", ",
                             metricsText(scalars)));
  std::vector<std::string> notes = data_->notes();
  if (testData_)
    notes.insert(notes.end(), testData_->notes().begin(), testData_->notes().end());
  for (const std::string &note : notes)
    progress_.line(note);
  options_.data.noteScales(*data_, *entry_);
  for (const auto *notes : {&options_.data.scales.notes(), &options_.data.text.notes()})
    for (const std::string &note : *notes)
      progress_.line(note);
  if (!resumedFrom_.empty())
    announceResume();
  Json start = {{"event", "start"},
                {"library", options_.model.library},
                {"model", model_->name()},
                {"entry", entry_->name},
                {"target", model_->target()},
                {"threads", model_->threads()},
                {"parameters", weights},
                {"rows", trainRows_},
                {"validation_rows", validationRows_},
                {"batch", options_.batch},
                {"epochs", epochs_},
                {"steps_per_epoch", perEpoch_},
                {"step", training_->step()},
                {"examples", seen_},
                {"seed", options_.seed},
                {"scalars", jsonMetrics(scalars)}};
  if (!options_.data.scales.json().empty())
    start["scale"] = options_.data.scales.json();
  if (!classes_.empty())
    start["classes"] = classes_;
  if (!notes.empty())
    start["notes"] = notes;
  if (const TextRecord &record = options_.data.text.record(); record.vocabulary) {
    start["vocabulary"] = record.vocabulary->size();
    if (!record.labels.empty())
      start["labels"] = record.labels;
  }
  progress_.event(start);
  if (options_.log.empty())
    return;
  log_.open(options_.log, start, isOwn({"--log", options_.log}));
}

void TrainRun::announceResume() {
  progress_.line(fmt::format("goes on from {} after step {} and {} examples", resumedFrom_,
                             countText(training_->step()), countText(seen_)));
  std::vector<std::string> changes = options_.changes();
  if (lengthBefore_ && lengthBefore_->epoch != trainRows_)
    changes.push_back(
        fmt::format("{} examples an epoch (was {})", countText(trainRows_), countText(lengthBefore_->epoch)));
  if (!changes.empty())
    progress_.line("other than before: " + join(changes));
  if (!options_.hasSchedule() || !lengthBefore_ || seen_ >= length_.total || *lengthBefore_ == length_)
    return;
  double next = options_.scheduleFactor(seen_, std::min(options_.batch, trainRows_ - seen_ % trainRows_), length_);
  progress_.line(fmt::format("learning rate: as in a run of {} examples from the start (was {}); the next step has {} "
                             "of the full rate, the last one had {}",
                             countText(length_.total), countText(lengthBefore_->total), shortNumber(next),
                             shortNumber(factorBefore_)));
}

void TrainRun::trainStep(std::span<const uint32_t> rows, int64_t epoch) {
  feed_->fill(rows);
  int64_t number = training_->step() + 1;
  if (options_.hasSchedule()) {
    factor_ = options_.scheduleFactor(seen_, int64_t(rows.size()), length_);
    for (auto &[name, rate] : rates_)
      step_->setScalar(name, rate * factor_);
  } else {
    factor_ = 1;
  }
  if (forgets_)
    training_->session().reset();
  step_->run();
  double loss = MetricSums::value(*step_, lossOutput_);
  bool counts = !MetricSums::isEmpty(*step_, lossOutput_);
  if (counts && !std::isfinite(loss)) {
    std::error_code error;
    std::string kept = std::filesystem::exists(options_.out, error)
                           ? fmt::format("; {} is left as it was", options_.out)
                           : "",
                data = feed_->notFinite(rows);
    throw UserError(fmt::format("the loss is {} at step {} (epoch {}), and training ends here{}. {}",
                                exactNumber(loss, false), number, epoch + 1, kept,
                                !data.empty() ? "The data has it: " + data
                                              : "A smaller learning rate often helps (--set lr=X, --warmup STEPS); "
                                                "--trap-nan tells which operation gave it first"));
  }
  sums_->add(*step_, int64_t(rows.size()));
  history_.addStep(counts ? std::optional(loss) : std::nullopt);
  rowsDone_ += int64_t(rows.size());
  seen_ += int64_t(rows.size());
  if (log_.isOpen()) {
    Json object = {{"event", "step"}, {"step", number}, {"epoch", epoch + 1}};
    for (size_t output : sums_->indices())
      object[std::string(entry_->outputs[output].name)] = jsonNumber(MetricSums::value(*step_, output));
    for (auto &[name, rate] : rates_)
      object[name] = rate * factor_;
    log_.write(object);
  }
}

void TrainRun::reportStep(int64_t epoch, int64_t at) {
  Progress::Status status;
  status.epoch = epoch + 1;
  status.epochs = epochs_;
  status.step = at / options_.batch + 1;
  status.steps = perEpoch_;
  status.totalStep = training_->step();
  double seconds = now() - started_;
  status.rowsPerSecond = seconds > 0 ? double(rowsDone_) / seconds : 0;
  status.secondsLeft = status.rowsPerSecond > 0 ? double(rowsTotal_ - rowsDone_) / status.rowsPerSecond : 0;
  status.metrics = sums_->means();
  progress_.step(status);
}

std::vector<uint32_t> TrainRun::beginEpoch(int64_t epoch) {
  const Windows *windows = data_->windows();
  if (windows && windows->isContiguous) {
    if (seen_ % trainRows_ == 0)
      training_->session().reset(); // back to where the text begins
    return contiguousRows(trainRows_, options_.batch);
  }
  if (windows)
    feed_->shift(windowShift(*windows, options_.seed, epoch));
  return shuffledRows(trainRows_, options_.seed, epoch);
}

std::optional<TrainRun::End> TrainRun::epoch(int64_t epoch) {
  std::vector<uint32_t> order = beginEpoch(epoch);
  epochStarted_ = now();
  int64_t before = rowsDone_;
  feed_->expect(std::span(order).subspan(size_t(seen_ % trainRows_)));
  for (int64_t at = seen_ % trainRows_; at < trainRows_; at += options_.batch) {
    bool enough = seen_ >= length_.total;
    if (enough || *interrupted()) {
      attempt(options_.out, [&] { save(options_.out); });
      if (at > 0) {
        unfinished_ = sums_->means();
        progress_.line(fmt::format("epoch {}/{}, {} of {} examples  {}", epoch + 1, epochs_, countText(at),
                                   countText(trainRows_), metricsText(unfinished_)));
      }
      return enough ? End::Steps : End::Interrupted;
    }
    auto rows = std::span(order).subspan(size_t(at), size_t(std::min(options_.batch, trainRows_ - at)));
    auto fail = [&](const std::string &why, bool unchanged) {
      std::string text = fmt::format("step {} (epoch {}): {}", training_->step() + 1, epoch + 1, why);
      if (unchanged && rowsDone_ > 0 && attempt(options_.out, [&] { save(options_.out); }))
        text += fmt::format(". The steps before it are in {}", options_.out);
      throw UserError(text);
    };
    // A bad index, or a row that cannot be had, is found before anything is changed: what was trained until then is good.
    try {
      trainStep(rows, epoch);
    } catch (const CallError &error) {
      fail(feed_->explain(error, rows), error.code == DLC_BAD_INDEX);
    } catch (const DataError &error) {
      fail(error.what(), true);
    }
    if (progress_.due())
      reportStep(epoch, at);
  }
  double seconds = now() - epochStarted_;
  endEpoch(epoch, seconds > 0 ? double(rowsDone_ - before) / seconds : 0);
  return std::nullopt;
}

bool TrainRun::judge(const Metrics &validation, int64_t epoch) {
  std::optional<double> loss = judged(validation);
  if (loss && (bestEpoch_ == 0 || better(*loss, bestLoss_))) {
    bestLoss_ = *loss;
    bestEpoch_ = epoch + 1;
    sinceBest_ = 0;
    return true;
  }
  ++sinceBest_;
  return false;
}

void TrainRun::endEpoch(int64_t epoch, double rowsPerSecond) {
  Metrics training = sums_->means(), validation;
  double seconds = now() - epochStarted_;
  if (validation_) {
    try {
      int64_t first = validationData_ ? 0 : trainRows_;
      validation = *validation_->run(first, first + validationRows_);
    } catch (const UserError &error) {
      history_.addEpoch({training_->step(), training, {}});
      sums_->reset();
      bool kept = attempt(options_.out, [&] { save(options_.out); });
      throw UserError(fmt::format("validation after epoch {}: {}{}", epoch + 1, error.what(),
                                  kept ? fmt::format(". The epoch is in {}", options_.out) : ""));
    }
  }
  history_.addEpoch({training_->step(), training, validation});
  bool improved = !validation.empty() && judge(validation, epoch);
  sums_->reset();
  // The best first: --out says which epoch it is.
  std::optional<double> loss = judged(validation);
  if (loss && !options_.best.empty() && (keptEpoch_ == 0 || better(*loss, keptLoss_)) &&
      attempt(options_.best, [&] { save(options_.best); })) {
    keptLoss_ = *loss;
    keptEpoch_ = epoch + 1;
  }
  attempt(options_.out, [&] { save(options_.out); });

  std::string text = fmt::format("epoch {}/{}  {}", epoch + 1, epochs_, metricsText(training));
  if (!validation.empty())
    text += fmt::format("  validation {}{}", metricsText(validation), improved ? " (best)" : "");
  progress_.line(fmt::format("{}  {}, {} examples/s", text, durationText(seconds), countText(int64_t(rowsPerSecond))));
  Json object = {{"event", "epoch"}, {"epoch", epoch + 1}, {"step", training_->step()}};
  object.update(jsonMetrics(training));
  if (!validation.empty())
    object["validation"] = jsonMetrics(validation);
  object["seconds"] = seconds;
  object["rows_per_second"] = std::round(rowsPerSecond);
  object["checkpoint"] = options_.out;
  progress_.event(object);
  log_.write(object);
  flushLog();
}

void TrainRun::flushLog() {
  log_.flush();
  if (!log_.problem().empty() && !problems_.contains(options_.log))
    attempt(options_.log, [&] { throw UserError(log_.problem()); });
}

TrainRun::End TrainRun::loop() {
  rowsTotal_ = std::max<int64_t>(0, length_.total - seen_);
  started_ = now();
  int64_t first = seen_ / trainRows_;
  for (int64_t at = first; at < epochs_; ++at) {
    if (options_.patience > 0 && sinceBest_ >= options_.patience)
      return End::Patience;
    if (seen_ >= length_.total)
      return options_.steps ? End::Steps : End::Complete;
    // A signal that came while validating: the epoch's checkpoint is written already.
    if (*interrupted() && at > first)
      return End::Interrupted;
    if (std::optional<End> end = epoch(at))
      return *end;
  }
  return End::Complete;
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

std::optional<Metrics> TrainRun::test(const Parameters &parameters, int64_t &rows) {
  if (!testData_)
    return std::nullopt;
  Evaluation evaluation(*model_, *evaluation_, parameters, *testData_);
  rows = evaluation.rows();
  return evaluation.run(interrupted());
}

void TrainRun::finish(End end) {
  static const char *const reasons[] = {"complete", "steps", "patience", "interrupted"};
  double seconds = now() - started_;
  std::string again = options_.command(fromStart_ ? "" : resumedFrom_);
  Json object = {{"event", "end"},
                 {"reason", reasons[int(end)]},
                 {"epochs", int64_t(history_.epochs().size())},
                 {"step", training_->step()},
                 {"seconds", seconds},
                 {"rows_per_second", seconds > 0 ? std::round(double(rowsDone_) / seconds) : 0}};
  progress_.clear();
  if (rowsDone_ == 0 && end != End::Interrupted) {
    if (!isSameFile(options_.out, resumedFrom_))
      attempt(options_.out, [&] { save(options_.out); });
    progress_.line(fmt::format("{} is trained to its end already: raise --epochs or --steps to go on", options_.out));
  }
  if (end == End::Patience)
    progress_.line(fmt::format("stopped: the validation loss has not improved for {} epochs (best {} in epoch {})",
                               sinceBest_, shortNumber(bestLoss_), bestEpoch_));
  std::string subtitle = fmt::format("{} examples, batch {}, seed {}, {} steps", countText(trainRows_), options_.batch,
                                     options_.seed, countText(training_->step()));
  if (end != End::Interrupted)
    attempt("test", [&] {
      int64_t rows = 0;
      if (std::optional<Metrics> metrics = test(training_->parameters(), rows)) {
        progress_.line(fmt::format("test: {}  ({} examples)", metricsText(*metrics), countText(rows)));
        object["test"] = jsonMetrics(*metrics);
        object["test_rows"] = rows;
        subtitle += ", test " + metricsText(*metrics);
      }
      if (keptEpoch_ > 0)
        if (std::optional<Metrics> metrics = test(model_->loadParameters(options_.best), rows)) {
          progress_.line(fmt::format("test of {} (epoch {}): {}", options_.best, keptEpoch_, metricsText(*metrics)));
          object["best_test"] = jsonMetrics(*metrics);
        }
    });
  attempt(options_.curve, [&] { writeText(options_.curve, history_.picture(title(), subtitle)); });
  if (!unfinished_.empty())
    object["unfinished_epoch"] = jsonMetrics(unfinished_);
  object["library"] = options_.model.library;
  object["checkpoint"] = options_.out;
  object["curve"] = options_.curve;
  object["command"] = again;
  if (end == End::Interrupted) {
    std::string on = fmt::format("{} train {} --resume {}", shellQuote(programName()),
                                 shellQuote(options_.model.library), shellQuote(options_.out));
    if (problems_.contains(options_.out)) {
      progress_.line(fmt::format("interrupted after step {}", countText(training_->step())));
    } else {
      progress_.line(fmt::format("interrupted after step {}; the checkpoint is {}; go on with:\n  {}",
                                 countText(training_->step()), options_.out, on));
      object["resume"] = on;
    }
  } else {
    progress_.line(fmt::format("library     {}", options_.model.library));
    progress_.line(fmt::format("checkpoint  {}", options_.out));
    if (keptEpoch_ > 0)
      progress_.line(fmt::format("best        {} (epoch {})", options_.best, keptEpoch_));
    progress_.line(fmt::format("loss curve  {}", options_.curve));
    if (rowsDone_ > 0)
      progress_.line(fmt::format("again       {}", again));
  }
  log_.write(object);
  flushLog();
  progress_.event(object);
  std::string problems;
  for (auto &[path, problem] : problems_)
    problems += fmt::format("\n  {}", problem);
  if (!problems.empty())
    throw UserError(fmt::format("the run came to its end, but not all of it could be done:{}", problems));
}

int TrainRun::run() {
  openModel();
  openText();
  resume();
  openData();
  findPlace();
  checkFiles();
  announce();
  findBest();
  catchInterrupts();
  End end = loop();
  finish(end);
  return end == End::Interrupted ? interruptedExitCode : 0;
}

} // namespace

void addTrain(CLI::App &app) {
  CLI::App &command = addSubcommand(app, "train", "Train a model, with progress, checkpoints and a picture of the loss",
                                    "dlc-run train mnist.so --data mnist/ --epochs 5 --validation 0.1 \\\n"
                                    "    --out mnist.safetensors");
  auto options = std::make_shared<TrainOptions>();
  options->addTo(command);
  command.callback([options] { exitCode() = TrainRun(*options).run(); });
}

} // namespace dlc::run
