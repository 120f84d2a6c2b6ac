// Commands.h - the subcommands of dlc-run.
// SPDX-License-Identifier: Apache-2.0
//
// Each lives in a file of its own and adds itself to the command line.
#ifndef DLC_RUN_COMMANDS_H
#define DLC_RUN_COMMANDS_H

#include <CLI/App.hpp>

namespace dlc::run {

void addInfo(CLI::App &app);
void addTrain(CLI::App &app);
void addEval(CLI::App &app);
void addPredict(CLI::App &app);
void addGenerate(CLI::App &app);
void addPack(CLI::App &app);
void addCall(CLI::App &app);
void addCheck(CLI::App &app);
void addBench(CLI::App &app);
void addProfile(CLI::App &app);
void addGradcheck(CLI::App &app);
void addDiff(CLI::App &app);

} // namespace dlc::run

#endif // DLC_RUN_COMMANDS_H
