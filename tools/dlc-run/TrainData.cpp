// TrainData.cpp - what a run reads: the model, data, the checkpoint that it goes on from.
// SPDX-License-Identifier: Apache-2.0
#include "tools/dlc-run/Classes.h"
#include "tools/dlc-run/Common.h"
#include "tools/dlc-run/TrainRun.h"

#include <limits>

namespace dlc::run {

/// Beyond any run: what sums and products of examples are cut at.
constexpr int64_t endless = std::numeric_limits<int64_t>::max() / 4;

static int64_t product(int64_t a, int64_t b) {
  int64_t result;
  return __builtin_mul_overflow(a, b, &result) ? endless : std::min(result, endless);
}

static int64_t countIn(const Json &state, const std::string &key, const std::string &path) {
  Json value = state.value(key, Json(0));
  if (!value.is_number_integer() || value < 0 || value > int64_t(1) << 62)
    throw UserError(fmt::format("{} is a damaged checkpoint: its {} is {}", path, key, value.dump()));
  return value.get<int64_t>();
}

static double numberIn(const Json &state, const std::string &key, const std::string &path) {
  try {
    return numberFromJson(state.at(key));
  } catch (const std::exception &) {
    throw UserError(fmt::format("{} is a damaged checkpoint: its {} is no number", path, key));
  }
}

void TrainRun::openModel() {
  model_ = options_.model.open();
  std::optional<CheckpointInfo> info;
  if (!options_.resume.empty()) {
    info = readCheckpointInfo(options_.resume);
    if (!info || isPacked(options_.resume))
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
  if (options_.bucket && !feed_->lengths())
    throw UserError(
        fmt::format("--bucket: rows of entry point '{}' are all of one length; expected labelled lines (--lines) "
                    "and a model whose text is of an open size: open(length = 48), i32[batch, length]",
                    entry_->name));

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

/// "100 rows", "a.txt"
static std::string rowsText(const DataSet &data, int64_t rows) {
  return data.windows() ? data.columns()[0].path : fmt::format("{} rows", countText(rows));
}

void TrainRun::openValidation(int64_t rows) {
  if (options_.data.text.options.given()) {
    leftOut_ = data_->windows() && data_->windows()->isContiguous ? rows % options_.batch : 0;
    trainRows_ = rows - leftOut_;
  } else {
    validationRows_ =
        options_.validationRows ? options_.validationRows : int64_t(std::llround(options_.validation * double(rows)));
    if (validationRows_ >= rows)
      throw UserError(
          fmt::format("{} validation rows of {} leave none to train on", countText(validationRows_), countText(rows)));
    trainRows_ = rows - validationRows_;
  }
  takeEqualParts();
  bool isStream = options_.data.text.options.isStream();
  evaluation_ = findEvaluation(*model_, options_.evaluation, isStream);
  if (evaluation_ && evaluation_->kind != DLC_FUNCTION && !(isStream && evaluation_->kind == DLC_SESSION_CALL))
    throw UserError(fmt::format("--evaluation {}: this is a {} entry point, expected a function", evaluation_->name,
                                kindText(evaluation_->kind)));
  if (evaluation_ && options_.data.text.options.given() && data_->covers(*evaluation_))
    validationData_ = options_.data.text.load(*evaluation_, Part::Validation);
  if (validationRows_ > 0 || validationData_ || options_.validation > 0) {
    if (!evaluation_ || !data_->covers(*evaluation_))
      throw UserError(fmt::format("model '{}' has no function that returns loss or accuracy for the inputs {}: "
                                  "validation needs one; name it by --evaluation, or give --validation 0",
                                  model_->name(), join(namesOf(entry_->inputs))));
    if ((options_.patience > 0 || !options_.best.empty()) && !judged(MetricSums(*evaluation_).means()))
      throw UserError(fmt::format("{}: '{}' returns no number called loss or accuracy to judge an epoch by; name "
                                  "another function by --evaluation",
                                  options_.patience > 0 ? "--patience" : "--best", evaluation_->name));
    validation_.emplace(*model_, *evaluation_, training_->parameters(), validationData_ ? *validationData_ : *data_);
    if (validationData_)
      validationRows_ = validation_->rows();
    // Of no row a loss would be no number, and a session would be asked about the rows that are trained on.
    if (validationRows_ == 0)
      throw UserError(
          fmt::format("--validation {}: this part of {} is no row to validate with; give a larger one, or 0",
                      shortNumber(options_.validation), rowsText(*data_, rows)));
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
  if (options_.given("--classes") && options_.data.text.options.given())
    throw UserError(fmt::format("--classes {}: the tokens and labels of {} are their own names; leave it out",
                                options_.classes, options_.data.text.options.path()));
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
    // A run whose steps were others may have stopped within a part of these: the last step of the epoch would be uneven.
    passedOver_ = (entry_->parts - seen_ % entry_->parts) % entry_->parts;
    seen_ += passedOver_;
  }
  if (data_->windows() && data_->windows()->isContiguous && seen_ % options_.batch != 0)
    throw UserError(
        fmt::format("--windows contiguous: the checkpoint's run has seen {} examples, which is no whole number "
                    "of batches of {}: its windows were others; --weights {} begins anew from its weights",
                    countText(seen_), options_.batch, shellQuote(resumedFrom_)));
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

} // namespace dlc::run
