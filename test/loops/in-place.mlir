// RUN: dlc %s --emit=loops | dlc-opt | FileCheck %s
// A stored tensor is replaced where it lies, by the kernel that makes its new value, if nobody needs the old one any more;
// else the new value is made beside it and copied when all else is done.
dl.model @places {
  func @loss(%x: f32[batch, 5]) -> (loss: f32) {
    %w = param "w" f32[5] = ones
    %y = mul %x, %w
    %l = mean %y
    return %l
  }
  func @product(%x: f32[batch, 17]) -> (loss: f32) {
    %w = param "matrix" f32[17, 17] = ones
    %y = matmul %x, %w
    %e = exp %y
    %l = mean %e
    return %l
  }
  optimizer @plain(%w, %g) slots(%m = zeros) scalars(%lr = 0.5) {
    %m1 = add %m, %g
    %a = mul %m1, %lr
    %w1 = sub %w, %a
    return %w1, %m1
  }
  optimizer @exchange(%w, %g) slots(%old = zeros) {
    %w1 = add %old, %g
    return %w1, %w
  }
  optimizer @multiply(%w, %g) {
    %w1 = matmul %w, %g
    return %w1
  }

  // The kernel that makes the gradient reads w and m where it writes them, element by element; it also converts the rate.
  // CHECK-LABEL: dl.schedule @step attributes
  // CHECK: %[[X:[^ ]+]] = buffer argument[0] : memref<544xf32>
  // CHECK: %[[W:[^ ]+]] = buffer argument[1] : memref<289xf32>
  // CHECK: %[[M:[^ ]+]] = buffer argument[2] : memref<289xf32>
  // CHECK: %[[LR:[^ ]+]] = buffer argument[3] : memref<1xf64>
  // CHECK-NOT: buffer temporary : memref<289xf32>
  // CHECK-NOT: run @{{k[0-9]+}}_cast(
  // CHECK: run @{{k[0-9]+}}_matmul_plain(%[[X]], %{{[^ ]+}}, %[[W]], %[[M]], %[[LR]]) -> (%[[W]], %[[M]])
  // CHECK-NOT: copy
  // CHECK: end
  // CHECK-LABEL: dl.schedule @step.apply
  // CHECK-NOT: buffer temporary : memref<289xf32>
  // CHECK-NOT: copy
  // CHECK: end
  train @step minimizes @product { optimize "*" with @plain }

  // The old weight is the slot's new value: one of the two has to wait.
  // CHECK-LABEL: dl.schedule @exchange_step attributes
  // CHECK: %[[W:[^ ]+]] = buffer argument[1] : memref<5xf32>
  // CHECK: %[[OLD:[^ ]+]] = buffer argument[2] : memref<5xf32>
  // CHECK: %[[NEW:[^ ]+]] = buffer temporary : memref<5xf32>
  // CHECK: run @{{k[0-9]+}}_cast(%[[W]]) -> (%[[NEW]])
  // CHECK: run @{{k[0-9]+}}{{[^(]*}}({{.*}}%[[OLD]]{{.*}}) -> (%[[W]])
  // CHECK: run @copy{{[^(]*}}(%[[NEW]]) -> (%[[OLD]])
  // CHECK-NEXT: end
  train @exchange_step minimizes @loss { optimize "*" with @exchange }

  // A product reads all of the old weight for each element of the new one.
  // CHECK-LABEL: dl.schedule @product_step attributes
  // CHECK: %[[W:[^ ]+]] = buffer argument[1] : memref<289xf32>
  // CHECK: %[[G:[^ ]+]] = buffer temporary : memref<289xf32>
  // CHECK: %[[NEW:[^ ]+]] = buffer temporary : memref<289xf32>
  // CHECK: run @{{[^(]*}}_matmul(%[[W]], %[[G]]) -> (%[[NEW]])
  // CHECK: run @copy{{[^(]*}}(%[[NEW]]) -> (%[[W]])
  // CHECK-NEXT: end
  train @product_step minimizes @product { optimize "*" with @multiply }

  // The gradient of a bias is a sum for each of its elements, which is replaced when the sum is known. What reads an element
  // in more than one pass over a row has to make the new one beside it.
  // CHECK-LABEL: dl.schedule @bias_step attributes
  // CHECK: %[[B:[^ ]+]] = buffer argument[1] : memref<5xf32>
  // CHECK: run @{{[^(]*}}_sum_plain({{.*}}%[[B]], {{.*}}) -> (%[[B]], {{.*}})
  // CHECK-NOT: copy
  // CHECK: end
  // CHECK-LABEL: dl.schedule @scale_step.apply
  // CHECK: %[[B:[^ ]+]] = buffer argument[1] : memref<5xf32>
  // CHECK: run @{{[^(]*}}sum{{[^(]*}}div({{.*}}%[[B]]{{.*}}) -> (%[[NEW:[^ ]+]])
  // CHECK: run @copy{{[^(]*}}(%[[NEW]]) -> (%[[B]])
  // CHECK-NEXT: end
  func @biased(%x: f32[batch, 5]) -> (loss: f32) {
    %b = param "bias" f32[5] = ones
    %y = add %x, %b
    %e = exp %y
    %l = mean %e
    return %l
  }
  optimizer @to_one(%w, %g) {
    %v = sub %w, %g
    %s = sum %v
    %w1 = div %v, %s
    return %w1
  }
  train @bias_step minimizes @biased { optimize "*" with @plain }
  train @scale_step minimizes @biased { optimize "*" with @to_one }
}
