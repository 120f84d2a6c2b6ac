// open-sizes.cpp - calls with open sizes beside the batch.
// SPDX-License-Identifier: Apache-2.0
//
//   open-sizes CAPACITY.so EXACT.so: compiled for a time of 12 at most, and of 5.
#include "Program.h"

namespace {
dlc::Tensor mask(int64_t rows, int64_t time) {
  dlc::Tensor all(dlc::DType::Bool, {rows, time});
  for (int64_t i = 0; i < all.elements(); ++i)
    static_cast<uint8_t *>(all.data())[i] = i % 3 != 2;
  return all;
}
void says(const std::string &message, const char *part) {
  CHECK(message.find(part) != std::string::npos, "found '%s', expected '%s'", message.c_str(), part);
}
} // namespace

int main(int, char **arguments) {
  dlc::ModelOptions two;
  two.threads = 2;
  dlc::Model most = dlc::Model::open(arguments[1]), exact = dlc::Model::open(arguments[2]),
             threaded = dlc::Model::open(arguments[1], two);
  dlc::Parameters a = most.newParameters(3), b = exact.newParameters(3), c = threaded.newParameters(3);
  dlc::Tensor x = reals({3, 5, 4}, 1), m = mask(3, 5);
  // Rows are independent: the same bits as at the capacity, and on two threads.
  auto y = most.call("predict", a, {x, m});
  CHECK(bitsOf(y) == bitsOf(exact.call("predict", b, {x, m})), "another library for five steps");
  CHECK(bitsOf(y) == bitsOf(threaded.call("predict", c, {x, m})), "two threads");
  CHECK(y["y"].shape() == dlc::Shape({3, 5, 3}), "shape");
  // A larger batch is cut, at the time of the call.
  dlc::Tensor many = reals({11, 5, 4}, 2), wide = mask(11, 5);
  auto all = most.call("predict", a, {many, wide});
  auto last = most.call("predict", a, {many.rows(8, 11), wide.rows(8, 11)});
  CHECK(distance(all["y"].rows(8, 11), last["y"]) == 0, "a cut batch");
  // Means divide by what the call has.
  CHECK(distance(most.call("attention", a, {x})["s"], exact.call("attention", b, {x})["s"]) < 1e-6, "a mean");

  // Prepared: bound memory tells the extents; own memory is dense in the shape of the run.
  dlc::Call call = most.prepare("predict", a);
  call.bindInput("x", x);
  call.bindInput("mask", m);
  call.run();
  CHECK(call.extents()[1] == 5 && call.output("y").shape() == dlc::Shape({3, 5, 3}), "extents of a prepared call");
  dlc::Call own = most.prepare("predict", a);
  std::memcpy(own.input("x").data(), x.data(), x.bytes());
  std::memcpy(own.input("mask").data(), m.data(), m.bytes());
  own.setExtent(3);
  own.setExtent("time", 5);
  own.run();
  CHECK(!std::memcmp(own.output("y").data(), y["y"].data(), y["y"].bytes()), "own memory");
  call.setExtent("time", 4);
  says(messageOf([&] { call.run(); }), "'time' of the call is 4, and of what was bound to the input 'x' it is 5");
  says(messageOf([&] { own.setExtent("time", 13); }), "was to be called with 13 as 'time'; it takes 1 to 12");
  says(messageOf([&] { own.setExtent("length", 1); }), "has no open size 'length'; it has 'batch' and 'time'");

  says(messageOf([&] { most.call("predict", a, {x, mask(3, 4)}); }),
       "the inputs differ in their 'time': 'x' has 5 and 'mask' has 4");
  says(messageOf([&] { most.call("predict", a, {reals({2, 13, 4}, 1), mask(2, 13)}); }),
       "was called with 13 as 'time'; it was compiled for at most 12. Give at most that, or compile the model with "
       "--size time=13");
  says(messageOf([&] { most.call("predict", a, {reals({2, 0, 4}, 1), mask(2, 0)}); }),
       "f32[2, 0, 4] was given, which has no elements; at least one is needed");

  // Through abi.h alone, the library checks for itself.
  const dlc_model &raw = most.descriptor();
  for (int64_t time : {int64_t(0), int64_t(13), int64_t(-1)}) {
    dlc_call plain{};
    plain.struct_size = sizeof plain, plain.extents[0] = 1, plain.extents[1] = time;
    CHECK(raw.entries[0].function(&plain) == DLC_BAD_EXTENT && plain.error.value == time && plain.error.limit == 12 &&
              std::string(plain.error.op) == "time",
          "time %lld", (long long)time);
  }
  return result("open sizes");
}
