/* FakeModel.h - what the tests see of the model that is linked into them.
 * SPDX-License-Identifier: Apache-2.0
 *
 * fake_calls counts the calls of predict, columns and train_step; fake_extents holds their extents.
 */
#ifndef DLC_TEST_FAKEMODEL_H
#define DLC_TEST_FAKEMODEL_H

#include "runtime/abi.h"

#ifdef __cplusplus
extern "C" {
#endif
const dlc_model *fake_dlc_model_query(uint32_t version);
extern int64_t fake_extents[64];
extern int fake_calls;
#ifdef __cplusplus
}
#endif
#endif
