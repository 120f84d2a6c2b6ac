// DLOps.td - the dialect `dl`, family by family.
// SPDX-License-Identifier: Apache-2.0
#ifndef DL_OPS_TD
#define DL_OPS_TD
include "dialects/dl/DLBase.td"

class DL_ValueOp<string mnemonic, int count, list<string> positional = [], list<string> keyed = [],
                 list<Trait> traits = []>
    : DL_SyntaxOp<DL_Dialect, mnemonic, count, positional, keyed, !listconcat([Pure], traits)> {
  let results = (outs AnyTensor:$result);
}

include "dialects/dl/DLElementwise.td"
include "dialects/dl/DLReduce.td"
include "dialects/dl/DLOrder.td"
include "dialects/dl/DLShape.td"
include "dialects/dl/DLContract.td"
include "dialects/dl/DLPicture.td"
include "dialects/dl/DLResample.td"
include "dialects/dl/DLNorm.td"
include "dialects/dl/DLLoss.td"
include "dialects/dl/DLRandom.td"
include "dialects/dl/DLProgram.td"
include "dialects/dl/DLSchedule.td"
#endif
