// Model.cpp - compiled models.
// SPDX-License-Identifier: Apache-2.0
//
// Reads a library's descriptor into the views of Model.h, checking it on the way: what is wrong here is a
// compiler's fault or a damaged file, and must not become a wild read later.
#include "runtime/Model.h"
#include "runtime/Internal.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <sstream>
#include <unordered_set>

namespace dlc {
using namespace detail;

//===--- Views of the descriptor -----------------------------------------------------------------------===//

std::string TensorInfo::fileName() const {
  if (kind == DLC_SLOT)
    return cat("optimizer.", parameter, ".", slot);
  if (kind == DLC_SESSION_STATE)
    return cat("session.", name);
  return std::string(name);
}

std::string TensorInfo::initText() const {
  switch (init) {
  case DLC_INIT_ZEROS:
    return "zeros";
  case DLC_INIT_ONES:
    return "ones";
  case DLC_INIT_CONSTANT:
    return cat("constant(", values[0], ")");
  case DLC_INIT_NORMAL:
    return cat("normal(", values[0], ")");
  case DLC_INIT_UNIFORM:
    return cat("uniform(", values[0], ", ", values[1], ")");
  case DLC_INIT_KAIMING_UNIFORM:
    return cat("kaiming_uniform(", values[0], ")");
  case DLC_INIT_FAN_IN_UNIFORM:
    return "fan_in_uniform";
  case DLC_INIT_XAVIER_UNIFORM:
    return "xavier_uniform";
  case DLC_INIT_XAVIER_NORMAL:
    return "xavier_normal";
  case DLC_INIT_KAIMING_NORMAL:
    return "kaiming_normal";
  }
  return "unknown";
}

Shape Port::shape(const OpenSizes &extents) const {
  Shape result = sizes;
  for (size_t axis = 0; axis < sizes.size(); ++axis)
    for (size_t i = 0; i < open.size(); ++i)
      for (dlc_factors times = factors[axis] >> 4 * i & 15; times; --times)
        result[axis] *= extents[i];
  return result;
}
Shape Port::shape(int64_t rows) const {
  OpenSizes extents{rows};
  for (size_t i = 1; i < open.size(); ++i)
    extents[i] = open[i].capacity;
  return shape(extents);
}

std::string Port::str() const {
  std::string text(nameOf(type));
  if (dims.empty())
    return text;
  text += "[";
  for (size_t axis = 0; axis < dims.size(); ++axis) {
    std::string size = factors[axis] && sizes[axis] == 1 ? "" : std::to_string(sizes[axis]);
    for (size_t i = 0; i < open.size(); ++i)
      for (dlc_factors times = factors[axis] >> 4 * i & 15; times; --times)
        size += cat(size.empty() ? "" : " * ", open[i].name);
    text += cat(axis ? ", " : "", size);
  }
  return text + "]";
}

std::string Entry::signature() const {
  auto list = [](const std::vector<Port> &ports) {
    std::string text;
    for (const Port &p : ports)
      text += cat(text.empty() ? "" : ", ", p.name, ": ", p.str());
    return text;
  };
  return cat("(", list(inputs), ") -> (", list(outputs), ")");
}

template <class T>
static size_t indexOf(const std::vector<T> &all, std::string_view name, std::string_view entry, std::string_view what) {
  for (size_t i = 0; i < all.size(); ++i)
    if (all[i].name == name)
      return i;
  throw Error(cat("Entry '", entry, "' has no ", what, " '", name, "'; it has ",
                  listed(all, [](const T &each) { return cat("'", each.name, "'"); }), "."));
}

std::string_view Entry::obstacleToCuts() const {
  if (kind == DLC_SESSION_CALL)
    return "each row goes on from its own state";
  if (!rowsIndependent() || kind != DLC_FUNCTION)
    return "its rows depend on each other";
  for (const auto *ports : {&inputs, &outputs})
    for (const Port &p : *ports) {
      int64_t axes = std::count_if(p.factors.begin(), p.factors.end(), [](dlc_factors one) { return one & 15; });
      if (axes > 1 || (axes == 0 && ports == &outputs && p.combine == DLC_COMBINE_UNKNOWN))
        return "an output belongs to the whole batch";
      if (!p.batchIsFirst())
        return "the rows of an input or output do not lie one after the other";
    }
  return {};
}

size_t Entry::openIndex(std::string_view wanted) const {
  for (size_t i = 0; i < open.size(); ++i)
    if (open[i].name == wanted)
      return i;
  throw Error(cat("Entry '", name, "' has no open size '", wanted, "'; it has ",
                  listed(open, [](const dlc_extent &each) { return cat("'", each.name, "'"); }), "."));
}
size_t Entry::inputIndex(std::string_view wanted) const { return indexOf(inputs, wanted, name, "input"); }
size_t Entry::outputIndex(std::string_view wanted) const { return indexOf(outputs, wanted, name, "output"); }
bool ScalarInfo::allows(double value) const {
  return value == value && !((limits & DLC_FROM_LOW) && value < low) && !((limits & DLC_ABOVE_LOW) && value <= low) &&
         !((limits & DLC_TO_HIGH) && value > high) && !((limits & DLC_BELOW_HIGH) && value >= high);
}
std::string ScalarInfo::range() const {
  bool hasLow = limits & (DLC_FROM_LOW | DLC_ABOVE_LOW), hasHigh = limits & (DLC_TO_HIGH | DLC_BELOW_HIGH);
  if (!hasLow && !hasHigh)
    return "a number";
  std::ostringstream text;
  text << "in " << (limits & DLC_FROM_LOW ? "[" : "(");
  text << (hasLow ? low : -std::numeric_limits<double>::infinity()) << ", ";
  text << (hasHigh ? high : std::numeric_limits<double>::infinity()) << (limits & DLC_TO_HIGH ? "]" : ")");
  return text.str();
}

size_t Entry::scalarIndex(std::string_view wanted) const { return indexOf(scalars, wanted, name, "scalar"); }

//===--- Reading the descriptor ------------------------------------------------------------------------===//

namespace {

/// Goes through the schedule of an entry point as its library will, and makes sure that no operand of a kernel can
/// lie outside the memory that a call brings.
class ScheduleChecker {
public:
  ScheduleChecker(const dlc_model &m, const dlc_entry &raw, const Entry &e, const std::string &what)
      : model(m), raw(raw), entry(e), extents(e.atCapacity(e.capacity / e.parts)), what(what) {}

  void check() {
    if (!raw.step_count)
      return; // written by hand
    uint64_t numbers = 8 * (DLC_FIRST_SCALAR + uint64_t(raw.scalar_count));
    if (!raw.steps || (raw.operand_count && !raw.operands) || (raw.move_count && !raw.moves) ||
        (raw.check_count && !raw.checks) || raw.scratch_bytes > raw.workspace_bytes ||
        numbers > raw.workspace_bytes - raw.scratch_bytes)
      broken("a table of it is missing or too short");
    for (uint32_t i = 0; i < raw.check_count; ++i)
      if (scaled(raw.checks[i].row_size, raw.checks[i].row_factors) < 0)
        broken("a check has no rows");
    for (step = 0; step < raw.step_count; ++step) {
      const dlc_step &s = raw.steps[step];
      if (s.kind == DLC_RUN)
        run(s);
      else if (s.kind == DLC_LOOP)
        enter(s);
      else if (s.kind == DLC_END_LOOP && !loops.empty() && loops.back().end == step)
        loops.pop_back();
      else
        broken("its loops are not closed");
    }
    if (!loops.empty())
      broken("its loops are not closed");
  }

private:
  struct Loop {
    uint32_t end;
    int64_t rounds; ///< at the most
  };

  [[noreturn]] void broken(const std::string &why) {
    throw Error(cat(what, " has a broken description: the schedule of entry '", entry.name, "', step ", step, ": ", why,
                    ". Compile it again."));
  }

  /// A number times these open sizes in the largest call, no further from 0 than fits into 64 bits. Broken where there are
  /// no such open sizes.
  __int128 scaled(__int128 number, dlc_factors factors) {
    constexpr __int128 farthest = INT64_MAX;
    number = std::clamp(number, -farthest, farthest);
    for (size_t i = 0; factors; ++i, factors >>= 4)
      for (dlc_factors times = factors & 15; times; --times) {
        if (i >= entry.open.size())
          broken("a size depends on an open size that there is not");
        number = std::clamp(number * std::max<int64_t>(extents[i], 1), -farthest, farthest);
      }
    return number;
  }
  /// How many there are at the most; below 0 if that is no number to count with.
  int64_t most(const dlc_step &s) {
    __int128 count = scaled(s.count, s.factors);
    return count < INT64_MAX ? static_cast<int64_t>(count) : -1;
  }

  void enter(const dlc_step &s) {
    if (s.operand <= step || s.operand >= raw.step_count || loops.size() == DLC_MAX_LOOPS || most(s) < 0 ||
        (s.unit != 1 && s.unit != -1) || (!loops.empty() && s.operand >= loops.back().end))
      broken("its loop has no end, or no number of rounds");
    loops.push_back({s.operand, most(s)});
  }

  void run(const dlc_step &s) {
    if (s.kernel >= model.kernel_count)
      broken("there is no such kernel");
    const dlc_kernel &k = *reinterpret_cast<const dlc_kernel *>(reinterpret_cast<const char *>(model.kernels) +
                                                                size_t(model.kernel_size) * s.kernel);
    if (!k.function || (k.operand_count && !k.operands) || s.operand > raw.operand_count ||
        k.operand_count > raw.operand_count - s.operand || s.unit < 1 || most(s) < 0 || s.check > raw.check_count)
      broken("it does not fit its kernel");
    if (k.scratch_bytes > raw.scratch_bytes)
      broken("its kernel needs more scratch memory than a call brings");
    if (s.check && (!k.operand_count || k.operands[k.operand_count - 1].bytes < 16))
      broken("a check has no report");
    uint64_t numbers = 8 * (DLC_FIRST_SCALAR + uint64_t(raw.scalar_count) + k.operand_count);
    if (numbers > raw.workspace_bytes - raw.scratch_bytes)
      broken("its operands do not fit the workspace");
    for (uint32_t i = 0; i < k.operand_count; ++i)
      operand(raw.operands[s.operand + i], k.operands[i], numbers);
  }

  /// Bytes that lie there.
  uint64_t room(const dlc_operand &o) {
    if (o.base < DLC_ARENA_COUNT)
      return !(raw.arenas >> o.base & 1) ? 0
             : o.base == DLC_WORKSPACE   ? raw.workspace_bytes - raw.scratch_bytes
                                         : model.arena_bytes[o.base];
    if (o.base == DLC_IN_CONSTANTS)
      return raw.constants ? sizeof(int64_t) * raw.constant_count : 0;
    const std::vector<Port> &ports = o.base == DLC_IN_INPUT ? entry.inputs : entry.outputs;
    if (o.base > DLC_IN_OUTPUT || o.index >= ports.size())
      return 0;
    // Of the ports that the operand comes to, the smallest one counts.
    std::vector<bool> reached = portsReached(o, ports.size());
    uint64_t least = reached.empty() ? 0 : UINT64_MAX;
    for (size_t i = 0; i < reached.size(); ++i)
      if (reached[i])
        least = std::min(least, static_cast<uint64_t>(ports[i].dims.elements()) * sizeOf(ports[i].type));
    return least;
  }
  /// Which of so many ports an operand comes to in the loops around; empty where it leaves them.
  std::vector<bool> portsReached(const dlc_operand &o, size_t count) {
    std::vector<bool> reached(count);
    reached[o.index] = true;
    for (size_t loop = 0; o.moves && loop < loops.size(); ++loop) {
      int64_t step = raw.moves[o.moves + loop].ports;
      if (!step)
        continue;
      std::vector<int64_t> left(count); // rounds that are left where the operand is at a port
      for (size_t i = 0; i < count; ++i)
        left[i] = reached[i] ? std::max<int64_t>(loops[loop].rounds, 1) : 0;
      for (size_t i = 0; i < count; ++i) {
        size_t from = step > 0 ? i : count - 1 - i, to = from + static_cast<size_t>(step);
        if (left[from] > 1 && to >= count)
          return {};
        if (left[from] > 1)
          left[to] = std::max(left[to], left[from] - 1);
        reached[from] = left[from] > 0;
      }
    }
    return reached;
  }

  void operand(const dlc_operand &o, const dlc_kernel_operand &wanted, uint64_t numbers) {
    __int128 least = o.offset, most = o.offset;
    if (o.moves) {
      if (o.moves > raw.move_count || loops.size() > raw.move_count - o.moves)
        broken("an operand has no moves");
      const dlc_move *moves = raw.moves + o.moves;
      // How far it moves: each way by itself, and in the largest call.
      auto add = [&](const dlc_move &move, int64_t last) {
        __int128 bytes = scaled(static_cast<__int128>(move.bytes) * last, move.factors);
        (bytes < 0 ? least : most) += bytes;
      };
      add(moves[-1], 1);
      for (size_t i = 0; i < loops.size(); ++i)
        add(moves[i], std::max<int64_t>(loops[i].rounds - 1, 0));
    }
    __int128 elements = scaled(wanted.elements, wanted.factors);
    if (wanted.elements < 0 || wanted.row_elements < 0 || scaled(wanted.row_elements, wanted.row_factors) < 0 ||
        wanted.dtype > DLC_I1 ||
        (wanted.dtype && elements * static_cast<int64_t>(sizeOf(static_cast<DType>(wanted.dtype))) >
                             static_cast<__int128>(wanted.bytes)))
      broken("a kernel says of an operand what cannot be");
    bool mayWrite = !(wanted.flags & DLC_WRITTEN) ||
                    (o.base != DLC_IN_CONSTANTS &&
                     !(o.base == DLC_WORKSPACE && least < static_cast<__int128>(numbers))); // of the call
    if (least < 0 || most + static_cast<__int128>(wanted.bytes) > static_cast<__int128>(room(o)) || !mayWrite)
      broken("an operand lies outside of its memory");
  }

  const dlc_model &model;
  const dlc_entry &raw;
  const Entry &entry;
  OpenSizes extents; ///< the largest that kernels see
  const std::string &what;
  uint32_t step = 0;
  std::vector<Loop> loops;
};

class DescriptorReader {
public:
  DescriptorReader(ModelState &s, const std::string &what) : model(s), what(what) {}

  void read(dlc_query query) {
    const dlc_model *raw = query(DLC_ABI_VERSION);
    if (!raw)
      throw Error(cat(
          what, " cannot serve version ", DLC_ABI_VERSION,
          " of the interface, which this runtime speaks. Compile it with the dlc of this release. (Where it was: the "
          "loader of this system left the library's pointers as they are in the file. It must know packed "
          "relocations, DT_RELR, as that of glibc does since 2.36.)"));
    if (raw->magic != DLC_MAGIC)
      broken("its magic number is wrong");
    if (raw->abi_version != DLC_ABI_VERSION)
      throw Error(cat(what, " has version ", raw->abi_version, " of the interface; this runtime speaks version ",
                      DLC_ABI_VERSION, ". Compile it with the dlc of this release."));
    // A newer library's structures may be longer than ours.
    if (raw->struct_size < sizeof(dlc_model) || raw->tensor_size < sizeof(dlc_tensor) ||
        raw->port_size < sizeof(dlc_port) || raw->scalar_size < sizeof(dlc_scalar) ||
        raw->entry_size < sizeof(dlc_entry) || raw->kernel_size < sizeof(dlc_kernel))
      broken("its structures are shorter than this version of the interface has them");
    model.raw = raw;
    requireText(raw->name, "the model");
    checkProcessor();
    for (uint32_t i = 0; i < raw->tensor_count; ++i)
      model.tensors.push_back(tensor(*at(raw->tensors, raw->tensor_size, i)));
    for (uint32_t i = 0; i < raw->entry_count; ++i)
      model.entries.push_back(entry(*at(raw->entries, raw->entry_size, i)));
    for (uint32_t i = 0; i < raw->kernel_count; ++i) {
      const dlc_kernel &k = *at(raw->kernels, raw->kernel_size, i);
      model.kernels.push_back({text(k.name), text(k.source), k.flops, k.bytes});
    }
    for (uint32_t i = 0; i < raw->entry_count; ++i)
      ScheduleChecker(*raw, *at(raw->entries, raw->entry_size, i), model.entries[i], what).check();
  }

private:
  [[noreturn]] void broken(const std::string &why) {
    throw Error(cat(what, " has a broken description: ", why, ". Compile it again."));
  }

  template <class T> const T *at(const T *first, uint32_t size, uint32_t index) {
    if (!first)
      broken("a table is missing");
    return reinterpret_cast<const T *>(reinterpret_cast<const char *>(first) + size_t(size) * index);
  }
  static std::string_view text(const char *text) { return text ? std::string_view(text) : std::string_view(); }
  std::string_view requireText(const char *text, std::string_view of) {
    if (!text || !*text)
      broken(cat("the name of ", of, " is missing"));
    return text;
  }
  DType type(uint32_t type, std::string_view of) {
    if (type < DLC_F32 || type > DLC_I1)
      broken(cat("'", of, "' has the unknown type ", type));
    return static_cast<DType>(type);
  }
  Shape axes(const int64_t *axes, uint32_t rank, std::string_view of) {
    if (rank > DLC_MAX_RANK || (rank && !axes))
      broken(cat("'", of, "' has ", rank, " axes"));
    for (uint32_t i = 0; i < rank; ++i)
      if (axes[i] < 0)
        broken(cat("'", of, "' has a negative extent or stride"));
    return Shape(std::span<const int64_t>(axes, rank));
  }

  void checkProcessor() {
    std::string missing = missingCpuFeatures(text(model.raw->cpu_features));
    if (missing.empty())
      return;
    std::string level = cpuLevel();
    std::string_view target = text(model.raw->target);
    std::string remedy = level == "x86-64-v3"  ? " Compile it with --target v3."
                         : level < "x86-64-v3" ? " dlc makes code for x86-64-v3 and x86-64-v4 only."
                                               : " Compile it on this machine, with --target native.";
    throw Error(cat(what, " was compiled for ", target, ", and this processor has only ", level, " (missing: ", missing,
                    ").", remedy));
  }

  TensorInfo tensor(const dlc_tensor &t) {
    TensorInfo info{};
    info.name = requireText(t.name, "a tensor");
    info.type = type(t.dtype, info.name);
    if (t.kind > DLC_SESSION_STATE || t.arena > DLC_SESSION || t.init > DLC_INIT_KAIMING_NORMAL)
      broken(cat("'", info.name, "' has an unknown kind, arena or initialiser"));
    info.kind = static_cast<dlc_tensor_kind>(t.kind);
    info.arena = static_cast<dlc_arena>(t.arena);
    static constexpr dlc_arena home[] = {DLC_PARAMS, DLC_BUFFERS, DLC_TRAINING, DLC_SESSION};
    if (info.arena != home[info.kind])
      broken(cat("'", info.name, "' lies in an arena that is not its kind's"));
    info.dims = axes(t.shape, t.rank, info.name);
    info.strides = axes(t.strides, t.rank, info.name);
    info.offset = t.offset;
    info.bytes = t.bytes;
    uint64_t arena = model.raw->arena_bytes[info.arena];
    if (t.offset > arena || t.bytes > arena - t.offset)
      broken(cat("'", info.name, "' does not lie within its arena"));
    info.split = t.split, info.splitStride = t.split_stride, info.splitAxis = t.split_axis;
    if (info.split && (info.split < 0 || info.splitStride < 0 || info.splitAxis >= info.dims.size() ||
                       info.dims.size() >= DLC_MAX_RANK || info.dims[info.splitAxis] % info.split))
      broken(cat("'", info.name, "' is split into blocks that do not fit it"));
    unsigned __int128 last = 0;
    if (auto [dims, strides] = placesOf(info); dims.elements() != 0) {
      last = 1;
      for (size_t axis = 0; axis < dims.size(); ++axis)
        last += static_cast<unsigned __int128>(dims[axis] - 1) * static_cast<uint64_t>(strides[axis]);
    }
    if (last * sizeOf(info.type) > t.bytes || t.offset % sizeOf(info.type))
      broken(cat("'", info.name, "' does not fit the memory that it is given"));
    info.init = static_cast<dlc_init>(t.init);
    info.values[0] = t.values[0], info.values[1] = t.values[1];
    info.fanIn = t.fan_in, info.fanOut = t.fan_out;
    info.parameter = text(t.parameter), info.slot = text(t.slot), info.group = text(t.group);
    if (info.kind == DLC_SLOT && (info.parameter.empty() || info.slot.empty()))
      broken(cat("the slot '", info.name, "' does not say whose it is"));
    if (!fileNames.insert(info.fileName()).second)
      broken(cat("two tensors are called '", info.fileName(), "' in a checkpoint"));
    return info;
  }

  std::vector<Port> ports(const dlc_port *first, uint32_t count, const Entry &e) {
    std::vector<Port> result;
    for (uint32_t i = 0; i < count; ++i) {
      const dlc_port &p = *at(first, model.raw->port_size, i);
      Port info;
      info.name = requireText(p.name, "an input or output");
      info.type = type(p.dtype, info.name);
      info.dims = axes(p.shape, p.rank, info.name);
      info.sizes = axes(p.sizes, p.rank, info.name);
      if (p.rank && !p.factors)
        broken(cat("'", info.name, "' has ", p.rank, " axes"));
      info.factors.assign(p.factors, p.factors + p.rank);
      info.open = e.open;
      for (size_t axis = 0; axis < info.dims.size(); ++axis)
        if (!isAt(info, axis, e.atCapacity(e.capacity)))
          broken(cat(
              "'", info.name, "' has the shape ", info.dims.str(), " at the ",
              e.open.size() > 1 ? "capacities " : "capacity ", e.capacity,
              listed(e.open.subspan(1), [](const dlc_extent &each) { return cat(each.name, " ", each.capacity); })));
      (void)info.dims.elements();
      if (p.combine > DLC_COMBINE_SUM || (p.combine != DLC_COMBINE_UNKNOWN && !info.dims.empty()) ||
          (p.combine == DLC_COMBINE_COUNT && (p.count >= count || at(first, model.raw->port_size, p.count)->rank != 0)))
        broken(cat("'", info.name, "' does not say how it combines"));
      info.combine = static_cast<dlc_combine>(p.combine);
      info.count = p.count;
      result.push_back(info);
    }
    return result;
  }

  /// The axis of a port has the size that it says it has in the largest call.
  static bool isAt(const Port &p, size_t axis, const OpenSizes &extents) {
    int64_t size = p.sizes[axis];
    dlc_factors factors = p.factors[axis];
    for (size_t i = 0; factors; ++i, factors >>= 4)
      for (dlc_factors times = factors & 15; times; --times)
        if (i >= p.open.size() || p.open[i].capacity < 1 || __builtin_mul_overflow(size, extents[i], &size))
          return false;
    return size == p.dims[axis];
  }

  Entry entry(const dlc_entry &e) {
    Entry info;
    info.name = requireText(e.name, "an entry point");
    if (e.kind > DLC_SESSION_CALL || !e.function || e.extent_count < 1 || e.extent_count > DLC_MAX_EXTENTS ||
        !e.extents)
      broken(cat("entry '", info.name, "' has an unknown kind, no code or no capacity"));
    info.open = std::span(e.extents, e.extent_count);
    for (const dlc_extent &size : info.open)
      if (requireText(size.name, "an open size").empty() || size.capacity < 0)
        broken(cat("entry '", info.name, "' has an unknown kind, no code or no capacity"));
    info.kind = static_cast<dlc_entry_kind>(e.kind);
    info.flags = e.flags;
    info.arenas = e.arenas;
    info.capacity = std::max<int64_t>(info.open[0].capacity, 1);
    info.parts = std::max<int64_t>(e.parts, 1);
    if (e.parts < 0 || info.capacity % info.parts)
      broken(cat("entry '", info.name, "' cannot divide its rows into ", e.parts, " parts"));
    info.workspaceBytes = e.workspace_bytes;
    info.scratchBytes = e.scratch_bytes;
    if (e.workspace_bytes > model.raw->arena_bytes[DLC_WORKSPACE])
      broken(cat("entry '", info.name, "' needs more workspace than the model says"));
    info.inputs = ports(e.inputs, e.input_count, info);
    info.outputs = ports(e.outputs, e.output_count, info);
    for (uint32_t i = 0; i < e.scalar_count; ++i) {
      const dlc_scalar &scalar = *at(e.scalars, model.raw->scalar_size, i);
      ScalarInfo one{requireText(scalar.name, "a scalar"), scalar.value};
      one.low = scalar.low;
      one.high = scalar.high;
      one.limits = scalar.limits;
      info.scalars.push_back(one);
    }
    info.function = e.function;
    return info;
  }

  ModelState &model;
  const std::string &what;
  std::unordered_set<std::string> fileNames; ///< of the tensors so far
};

} // namespace

void detail::readDescriptor(ModelState &s, dlc_query query, const std::string &what) {
  DescriptorReader(s, what).read(query);
}

//===--- ModelState ------------------------------------------------------------------------------------===//

const dlc_services *ModelState::services() {
  if (options.services)
    return options.services;
  std::lock_guard<std::mutex> guard(lock);
  if (!pool)
    pool = options.pool      ? options.pool
           : options.threads ? std::make_shared<ThreadPool>(options.threads)
                             : ThreadPool::shared();
  return pool->services();
}

Arena ModelState::takeWorkspace() {
  {
    std::lock_guard<std::mutex> guard(lock);
    if (!workspaces.empty()) {
      Arena a = std::move(workspaces.back());
      workspaces.pop_back();
      return a;
    }
  }
  uint64_t threads = services()->threads, most = raw->arena_bytes[DLC_WORKSPACE];
  for (const Entry &e : entries)
    most = std::max(most, e.workspaceBytes + (threads - 1) * e.scratchBytes);
  return Arena(most);
}

void ModelState::giveWorkspace(Arena a) {
  std::lock_guard<std::mutex> guard(lock);
  workspaces.push_back(std::move(a));
}

std::string ModelState::describe() const {
  return path.empty() ? cat("model '", raw->name, "'") : cat("model '", raw->name, "' (", path, ")");
}

const Entry &ModelState::entry(std::string_view name, const OpenSizes &extents) const {
  const Entry *best = nullptr;
  // Of those that are enough the smallest, else the largest, by what other open sizes allow before the rows: a call can be
  // cut along those alone.
  auto isLess = [](const Entry &a, const Entry &b) {
    for (size_t i = std::min(a.open.size(), b.open.size()); --i > 0;)
      if (a.open[i].capacity != b.open[i].capacity)
        return a.open[i].capacity < b.open[i].capacity;
    return a.capacity < b.capacity;
  };
  auto takesOpen = [&](const Entry &e) {
    OpenSizes others = extents;
    others[0] = 0;
    return e.takes(others);
  };
  for (const Entry &e : entries) {
    if (e.name != name)
      continue;
    if (!best) {
      best = &e;
      continue;
    }
    int rank = takesOpen(e) + e.takes(extents), bestRank = takesOpen(*best) + best->takes(extents);
    bool isBetter = rank != bestRank ? rank > bestRank : rank == 2 ? isLess(e, *best) : isLess(*best, e);
    best = isBetter ? &e : best;
  }
  if (best)
    return *best;
  std::vector<std::string_view> names;
  for (const Entry &e : entries)
    if (std::find(names.begin(), names.end(), e.name) == names.end())
      names.push_back(e.name);
  throw Error(cat("The ", describe(), " has no entry point '", name, "'; it has ",
                  listed(names, [](std::string_view each) { return cat("'", each, "'"); }), "."));
}

const TensorInfo *ModelState::find(std::string_view name, std::initializer_list<dlc_arena> arenas) const {
  for (const TensorInfo &t : tensors)
    if (std::find(arenas.begin(), arenas.end(), t.arena) != arenas.end() && (t.name == name || t.fileName() == name))
      return &t;
  return nullptr;
}

//===--- Model -----------------------------------------------------------------------------------------===//

static std::string_view textOf(const char *text) { return text ? text : ""; }

static void checkServices(const ModelOptions &options) {
  const dlc_services *s = options.services;
  if (s && (s->struct_size < sizeof(dlc_services) || s->threads < 1 || (s->threads > 1 && !s->parallel_for)))
    throw Error("The services given for a model are incomplete: struct_size, threads and parallel_for must be set.");
}

Model Model::open(const std::string &path, const ModelOptions &options) {
  checkServices(options);
  const char *wish = std::getenv("DLC_VERIFY");
  bool verify = options.verify && !(wish && std::string_view(wish) == "0");
  auto s = std::make_shared<ModelState>();
  s->code = loadLibrary(path, verify);
  s->path = path;
  s->options = options;
  readDescriptor(*s, s->code->query, cat("'", path, "'"));
  // A library that somebody wrote by hand need not have one.
  if (verify && !s->code->hasChecksum && textOf(s->raw->producer).starts_with("dlc "))
    throw Error(cat("'", path, "' is damaged, or was made by an older dlc: it has no checksum. Compile it again."));
  return Model(std::move(s));
}

Model Model::fromQuery(dlc_query query, const ModelOptions &options) {
  checkServices(options);
  if (!query)
    throw Error("A model was to be made from a query function that is NULL.");
  auto s = std::make_shared<ModelState>();
  s->options = options;
  readDescriptor(*s, query, "The linked model");
  return Model(std::move(s));
}

std::string_view Model::name() const { return state->raw->name; }
std::string_view Model::producer() const { return textOf(state->raw->producer); }
std::string_view Model::language() const { return textOf(state->raw->language); }
std::string_view Model::target() const { return textOf(state->raw->target); }
std::string_view Model::cpuFeatures() const { return textOf(state->raw->cpu_features); }
uint64_t Model::hash() const { return state->raw->hash; }
const std::string &Model::path() const { return state->path; }
std::span<const TensorInfo> Model::tensors() const { return state->tensors; }
std::span<const Entry> Model::entries() const { return state->entries; }
std::span<const KernelInfo> Model::kernels() const { return state->kernels; }
uint64_t Model::arenaBytes(dlc_arena arena) const { return state->raw->arena_bytes[arena]; }
const dlc_model &Model::descriptor() const { return *state->raw; }
const Entry &Model::entry(std::string_view name, int64_t extent) const { return state->entry(name, extent); }
const Entry &Model::entry(std::string_view name, const OpenSizes &extents) const { return state->entry(name, extents); }
const TensorInfo *Model::findTensor(std::string_view name) const {
  for (dlc_arena arena : {DLC_PARAMS, DLC_BUFFERS, DLC_TRAINING, DLC_SESSION})
    if (const TensorInfo *t = state->find(name, {arena}))
      return t;
  return nullptr;
}
unsigned Model::threads() const { return state->services()->threads; }

bool Model::hasEntry(std::string_view name) const {
  return std::any_of(state->entries.begin(), state->entries.end(), [&](const Entry &e) { return e.name == name; });
}

Parameters Model::newParameters(uint64_t seed) const {
  Parameters p(std::make_shared<ParametersState>(state));
  p.initialise(seed);
  return p;
}

Parameters Model::loadParameters(const std::string &path) const {
  Parameters p(std::make_shared<ParametersState>(state));
  p.load(path);
  return p;
}

static void checkSameModel(const ModelState *mine, const ModelState *theirs) {
  if (mine != theirs)
    throw Error(cat("Parameters of the ", theirs->describe(), " were given to the ", mine->describe(),
                    "; each model has its own (use save and load to carry weights over)."));
}

static std::shared_ptr<SessionState> makeSession(const std::shared_ptr<ParametersState> &params) {
  auto session = std::make_shared<SessionState>();
  session->parameters = params;
  session->memory = Arena(params->model->raw->arena_bytes[DLC_SESSION]);
  return session;
}

Training Model::newTraining(const Parameters &params, uint64_t seed) const {
  checkSameModel(state.get(), params.state->model.get());
  params.state->requireWritable(DLC_PARAMS);
  auto t = std::make_shared<TrainingState>();
  t->parameters = params.state;
  t->slots = Arena(state->raw->arena_bytes[DLC_TRAINING]);
  t->session = makeSession(params.state);
  t->seed = seed;
  Training result(std::move(t));
  result.reset();
  return result;
}

Session Model::newSession(const Parameters &params) const {
  checkSameModel(state.get(), params.state->model.get());
  Session result(makeSession(params.state));
  result.reset();
  return result;
}

Results Model::call(std::string_view entry, const Parameters &params, std::span<const Input> inputs,
                    const CallOptions &options) const {
  checkSameModel(state.get(), params.state->model.get());
  return callByValue({state, params.state, nullptr, nullptr}, entry, inputs, options);
}

Call Model::prepare(std::string_view entry, const Parameters &params, int64_t capacity) const {
  checkSameModel(state.get(), params.state->model.get());
  return Call(prepareCall({state, params.state, nullptr, nullptr}, entry, capacity));
}

} // namespace dlc
