// products.cpp - the worker of OpenBLAS and oneDNN: one product of two matrices.
// SPDX-License-Identifier: Apache-2.0
//
//   products ROWS COLUMNS SUMMED ORDER WEIGHT A B
//     ORDER     two letters, N or T: how each operand lies in memory
//     WEIGHT    1: the right operand is a weight, which a library may pack once; 0: it is new in each call
//     A, B      NPY files
// Compiled with -DWITH_OPENBLAS or -DWITH_ONEDNN. The number of threads comes from the environment.
#include "rounds.h"

#ifdef WITH_OPENBLAS
#include <cblas.h>
#endif
#ifdef WITH_ONEDNN
#include <dnnl.hpp>
#include <memory>
#endif

namespace {

struct Product {
  int64_t m, n, k;
  bool turnedA, turnedB, weight;
  float *a, *b, *y;
};

#ifdef WITH_OPENBLAS
std::vector<rounds::Form> formsOf(const Product &p) {
  std::vector<rounds::Form> forms{{"sgemm", [p] {
                                     cblas_sgemm(CblasRowMajor, p.turnedA ? CblasTrans : CblasNoTrans,
                                                 p.turnedB ? CblasTrans : CblasNoTrans, int(p.m), int(p.n), int(p.k), 1,
                                                 p.a, int(p.turnedA ? p.m : p.k), p.b, int(p.turnedB ? p.k : p.n), 0,
                                                 p.y, int(p.n));
                                   }}};
  if (p.n == 1)
    forms.push_back({"sgemv", [p] {
                       cblas_sgemv(CblasRowMajor, p.turnedA ? CblasTrans : CblasNoTrans, int(p.turnedA ? p.k : p.m),
                                   int(p.turnedA ? p.m : p.k), 1, p.a, int(p.turnedA ? p.m : p.k), p.b, 1, 0, p.y, 1);
                     }});
  return forms;
}
#endif

#ifdef WITH_ONEDNN
/// The matmul primitive; with `packed`, on a weight in the layout that the primitive asks for.
rounds::Form primitive(const Product &p, bool packed) {
  using namespace dnnl;
  using tag = memory::format_tag;
  auto type = memory::data_type::f32;
  auto cpu = std::make_shared<engine>(engine::kind::cpu, 0);
  auto queue = std::make_shared<stream>(*cpu);
  memory::desc a({p.m, p.k}, type, p.turnedA ? tag::ba : tag::ab), b({p.k, p.n}, type, p.turnedB ? tag::ba : tag::ab),
      any({p.k, p.n}, type, tag::any), y({p.m, p.n}, type, tag::ab);
  matmul::primitive_desc about(matmul::desc(a, packed ? any : b, y), *cpu);
  memory left(a, *cpu, p.a), right(b, *cpu, p.b), result(y, *cpu, p.y);
  if (packed && about.weights_desc() != b) {
    memory turned(about.weights_desc(), *cpu);
    reorder(right, turned).execute(*queue, right, turned);
    queue->wait();
    right = turned;
  }
  auto product = std::make_shared<matmul>(about);
  std::unordered_map<int, memory> arguments{{DNNL_ARG_SRC, left}, {DNNL_ARG_WEIGHTS, right}, {DNNL_ARG_DST, result}};
  return {packed ? "matmul, packed weight" : "matmul", [=] {
            product->execute(*queue, arguments);
            queue->wait();
          }};
}

std::vector<rounds::Form> formsOf(const Product &p) {
  std::vector<rounds::Form> forms{{"sgemm", [p] {
                                     dnnl_sgemm(p.turnedA ? 'T' : 'N', p.turnedB ? 'T' : 'N', p.m, p.n, p.k, 1, p.a,
                                                p.turnedA ? p.m : p.k, p.b, p.turnedB ? p.k : p.n, 0, p.y, p.n);
                                   }}};
  forms.push_back(primitive(p, false));
  if (p.weight)
    forms.push_back(primitive(p, true));
  return forms;
}
#endif

} // namespace

int main(int argc, char **argv) try {
  if (argc != 8)
    return std::fprintf(stderr, "usage: products ROWS COLUMNS SUMMED ORDER WEIGHT A B\n"), 1;
  rounds::Npy a(argv[6]), b(argv[7]);
  int64_t m = std::stoll(argv[1]), n = std::stoll(argv[2]), k = std::stoll(argv[3]);
  std::vector<float> result(size_t(m * n) + 16);
  auto *y = reinterpret_cast<float *>((reinterpret_cast<uintptr_t>(result.data()) + 63) / 64 * 64);
  Product product{m,
                  n,
                  k,
                  argv[4][0] == 'T',
                  argv[4][1] == 'T',
                  argv[5][0] == '1',
                  reinterpret_cast<float *>(a.data()),
                  reinterpret_cast<float *>(b.data()),
                  y};
  std::vector<rounds::Form> forms = formsOf(product);
  return rounds::serve(
      [&](const std::string &folder, int64_t) {
        forms[0].call();
        rounds::writeNpy(folder + "/y.npy", "<f4", {m, n}, y, size_t(m * n) * sizeof(float));
      },
      forms);
} catch (const std::exception &error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
