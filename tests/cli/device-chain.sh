# Every link of the chain, on fakes: what is there with version and place, and what breaks it with the mend.
. "$(dirname "$0")/lib-device.sh"
needs python3
needs_fakes
run 0 on_fakes aiops device; err_empty
out_has '^cuda: can be used$'
out_has '^  plug-in +aiops [0-9.]+, interface [0-9]+  .*/fakes/libaiops_cuda.so$'
[ ! -f "$BUILD/libaiops_cuda.so" ] || out_has '^  kernels +sm_80 .*compute_80$'  # else no nvcc made any
out_has '^  driver +580.65.06, for CUDA 13.0$'
out_has '^  CUDA runtime +13.0  inside the plug-in$'
out_has '^  cuBLASLt +13.1.0  .*/fakes/libcublasLt.so.13$'
out_has '^  cuDNN +[0-9.]+  .*/fakes/libcudnn.so.9$'
out_has '^  NVML +13.580.65.06 '
out_has '^  GPU 0 +Fake GPU, compute capability 9.0'
out_has '15.0 GiB free of 16.0 GiB, 132 multiprocessors, clock 345 MHz of 1980, memory 2619 MHz of 2619'
out_has '^  hardware +never'
run 0 on_fakes aiops device --require cuda -q; out_is cuda
run 0 on_fakes aiops device -o json
json 'v["cuda"]["usable"] and v["cuda"]["gpus"][0]["compute_capability"] == "9.0" and v["cuda"]["gpus"][0]["clock_now_mhz"] == 345'
json 'all(l["state"] != "broken" for l in v["cuda"]["chain"])'

run 0 on_fakes env FAKE_CUDART_DRIVER=0 aiops device
out_has '^cuda: cannot be used$'
out_has '^  driver +broken: there is no NVIDIA driver \(CUDA error 35\)$'
out_has "^ +try: install NVIDIA's driver, release 580 or newer"
out_has '^  cuBLASLt +13.1.0 '  # the rest of the chain is looked at all the same
run 7 on_fakes env FAKE_CUDART_DRIVER=0 aiops device --require cuda
err_has 'no GPU can be used: there is no NVIDIA driver'
run 0 on_fakes env FAKE_CUDART_DRIVER=12040 aiops device
out_has 'broken: the NVIDIA driver is for CUDA 12.4, this plug-in needs 13.0'
run 0 on_fakes env FAKE_CUDART_DEVICES=0 aiops device
out_has 'broken: the driver finds no GPU \(CUDA error 100\)'; out_has 'try: .*CUDA_VISIBLE_DEVICES'

if [ -f "$BUILD/libaiops_cuda.so" ]; then
  run 0 on_fakes env FAKE_CUDART_CAPABILITY=7.5 aiops device
  out_has 'broken: the plug-in has no code for Fake GPU \(compute capability 7.5\)'; out_has 'try: it has code for sm_80 '
fi

# In its places: beside the program, and in ../lib/aiops of it.
mkdir -p bin lib/aiops; cp "$AIOPS" bin/aiops; cp "$fakes/libaiops_cuda.so" lib/aiops/
run 0 env LD_LIBRARY_PATH="$fakes" bin/aiops device; out_has "^  plug-in +aiops .*$t/lib/aiops/libaiops_cuda.so$"
cp "$fakes/libaiops_cuda.so" bin/
run 0 env LD_LIBRARY_PATH="$fakes" bin/aiops device; out_has "^  plug-in +aiops .*$t/bin/libaiops_cuda.so$"
run 7 aiops device --plugin "$fakes/libodd_plugin.so" --require cuda; err_has 'is of another version of aiops'
