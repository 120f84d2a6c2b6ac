// History.cpp - the losses of a run, kept small, and the picture made of them.
// SPDX-License-Identifier: Apache-2.0
//
// See History.h.
#include "tools/dlc-run/History.h"
#include "tools/dlc-run/Curve.h"
#include "tools/dlc-run/Text.h"

#include <algorithm>
#include <fmt/format.h>

namespace dlc::run {

static constexpr size_t mostPoints = 2048;

void History::addStep(std::optional<double> loss) {
  last_ = loss.value_or(last_);
  sum_ += last_;
  if (++count_ < stride_)
    return;
  points_.push_back(sum_ / double(stride_));
  sum_ = 0;
  count_ = 0;
  if (points_.size() == mostPoints)
    halve();
}

void History::halve() {
  for (size_t i = 0; i < points_.size() / 2; ++i)
    points_[i] = (points_[2 * i] + points_[2 * i + 1]) / 2;
  points_.resize(points_.size() / 2);
  stride_ *= 2;
}

bool History::agrees(const History &other) const {
  size_t both = std::min(epochs_.size(), other.epochs_.size());
  return std::equal(epochs_.begin(), epochs_.begin() + ptrdiff_t(both), other.epochs_.begin());
}

static Json saveMetrics(const Metrics &metrics) {
  Json list = Json::array();
  for (auto &[name, value] : metrics)
    list.push_back({name, jsonNumber(value)});
  return list;
}

static Metrics loadMetrics(const Json &list) {
  Metrics metrics;
  for (const Json &pair : list)
    metrics.emplace_back(pair.at(0).get<std::string>(), numberFromJson(pair.at(1)));
  return metrics;
}

Json History::save() const {
  Json epochs = Json::array();
  for (const Epoch &epoch : epochs_)
    epochs.push_back({epoch.step, saveMetrics(epoch.training), saveMetrics(epoch.validation)});
  return {{"stride", stride_}, {"sum", sum_},       {"count", count_},
          {"last", last_},     {"points", points_}, {"epochs", epochs}};
}

void History::load(const Json &json) {
  try {
    History loaded;
    loaded.stride_ = json.at("stride").get<int64_t>();
    loaded.sum_ = json.at("sum").get<double>();
    loaded.count_ = json.at("count").get<int64_t>();
    loaded.last_ = json.value("last", 0.0);
    loaded.points_ = json.at("points").get<std::vector<double>>();
    for (const Json &epoch : json.at("epochs"))
      loaded.epochs_.push_back({epoch.at(0).get<int64_t>(), loadMetrics(epoch.at(1)), loadMetrics(epoch.at(2))});
    bool makesSense = loaded.stride_ >= 1 && loaded.stride_ <= int64_t(1) << 40 && loaded.count_ >= 0 &&
                      loaded.count_ < loaded.stride_;
    while (loaded.points_.size() >= mostPoints)
      loaded.halve();
    *this = makesSense ? std::move(loaded) : History();
  } catch (const Json::exception &) {
    *this = History();
  } catch (const UserError &) {
    *this = History();
  }
}

std::string History::picture(const std::string &title, const std::string &subtitle) const {
  std::vector<std::pair<double, double>> losses;
  for (size_t i = 0; i < points_.size(); ++i)
    losses.emplace_back((double(i) + 1) * double(stride_), points_[i]);
  if (count_ > 0)
    losses.emplace_back(double(points_.size()) * double(stride_) + double(count_), sum_ / double(count_));

  Panel loss{"loss", {}, false, true};
  std::string each = stride_ == 1 ? "each step" : fmt::format("mean of {} steps", stride_);
  loss.curves.push_back({each, "#9fb8ea", losses, 1.0, 0.75});
  if (losses.size() > 20)
    loss.curves.push_back({"smoothed", "#2f55b0", smoothed(losses, double(losses.size()) / 50), 2.2});
  std::vector<std::pair<double, double>> validation;
  std::vector<double> ends;
  for (const Epoch &epoch : epochs_) {
    ends.push_back(double(epoch.step));
    for (auto &[name, value] : epoch.validation)
      if (name == "loss")
        validation.emplace_back(double(epoch.step), value);
  }
  if (!validation.empty())
    loss.curves.push_back({"validation", "#e0702c", validation, 2, 1, true});
  std::vector<Panel> panels{loss};

  // One panel for each other metric, in the order in which the entry point returns them.
  std::vector<std::string> names;
  for (const Epoch &epoch : epochs_)
    for (const Metrics *metrics : {&epoch.training, &epoch.validation})
      for (auto &[name, value] : *metrics)
        if (name != "loss" && std::find(names.begin(), names.end(), name) == names.end())
          names.push_back(name);
  for (const std::string &name : names) {
    Curve training{"training, mean of the epoch", "#2f55b0", {}, 2, 1, true};
    Curve held{"validation", "#e0702c", {}, 2, 1, true};
    for (const Epoch &epoch : epochs_)
      for (auto [curve, metrics] : {std::pair{&training, &epoch.training}, std::pair{&held, &epoch.validation}})
        for (auto &[metric, value] : *metrics)
          if (metric == name)
            curve->points.emplace_back(double(epoch.step), value);
    panels.push_back({name, {training, held}, name.find("accuracy") != std::string::npos, false});
  }
  // A short run has a mark for each epoch; of a long one they would be a curtain.
  if (ends.size() > 40)
    ends.clear();
  return drawPicture(title, subtitle, "step", panels, ends);
}

} // namespace dlc::run
