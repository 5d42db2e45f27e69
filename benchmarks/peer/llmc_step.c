/* SPDX-License-Identifier: Apache-2.0
 * Times training steps of llm.c's CPU path, whose train_gpt2.c it is compiled with: one line of seconds per step.
 *
 *     cc -Ofast -march=native -fopenmp -DOMP -I DIR llmc_step.c -lm && ./a.out CHECKPOINT ROWS LENGTH STEPS
 *
 * Forward, zeroed gradients, backward, AdamW, on the same random tokens; two steps before are not counted. It does not clip.
 */
#define TESTING
#include "train_gpt2.c"

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const int rows = atoi(argv[2]), length = atoi(argv[3]), steps = atoi(argv[4]);
  GPT2 model;
  gpt2_build_from_checkpoint(&model, argv[1]);
  int* tokens = malloc(sizeof(int) * (rows * length + 1));
  for (int i = 0; i <= rows * length; i++) tokens[i] = rand() % model.config.vocab_size;
  for (int step = 1; step <= steps + 2; step++) {
    const double begin = now();
    gpt2_forward(&model, tokens, tokens + 1, rows, length);
    gpt2_zero_grad(&model);
    gpt2_backward(&model);
    gpt2_update(&model, 1e-4f, 0.9f, 0.95f, 1e-8f, 0.1f, step);
    if (step > 2) fprintf(stderr, "%.6f ", now() - begin);
  }
  return 0;
}
