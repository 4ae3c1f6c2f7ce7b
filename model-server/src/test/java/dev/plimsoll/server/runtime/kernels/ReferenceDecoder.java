package dev.plimsoll.server.runtime.kernels;

import dev.plimsoll.server.runtime.kernels.DenseShape.Activation;
import java.util.List;
import java.util.stream.IntStream;

/** A dense decoder in plain Java and float32, after transformers' modeling_llama.py: what kernels are compared with. */
final class ReferenceDecoder {
    private final DenseShape shape;
    private final Weights weights;
    private final float[] frequencies;

    /** Row-major matrices, as {@link DenseWeights} has them; an empty one is not there. */
    @SuppressWarnings("ArrayRecordComponent")
    record Weights(float[] embedding, List<Layer> layers, float[] norm, float[] head) {
        @SuppressWarnings("ArrayRecordComponent")
        record Layer(
                float[] inputNorm,
                float[] attention,
                float[] attentionBias,
                float[] queryNorm,
                float[] keyNorm,
                float[] output,
                float[] outputBias,
                float[] mlpNorm,
                float[] gateUp,
                float[] gateUpBias,
                float[] down,
                float[] downBias) {}
    }

    ReferenceDecoder(DenseShape shape, Weights weights, float[] frequencies) {
        this.shape = shape;
        this.weights = weights;
        this.frequencies = frequencies;
    }

    /** Logits [vocabulary] behind the last token of a sequence. */
    float[] logits(int[] tokens) {
        float[][] x = new float[tokens.length][];
        for (int t = 0; t < tokens.length; t++) {
            x[t] = new float[shape.hidden()];
            System.arraycopy(weights.embedding(), tokens[t] * shape.hidden(), x[t], 0, shape.hidden());
        }
        for (int i = 0; i < shape.layers(); i++) {
            Weights.Layer layer = weights.layers().get(i);
            add(
                    x,
                    attention(
                            normed(x, layer.inputNorm()), layer, shape.windows().get(i)));
            add(x, mlp(normed(x, layer.mlpNorm()), layer));
        }
        float[][] last = {x[x.length - 1]};
        return linear(normed(last, weights.norm()), weights.head(), new float[0])[0];
    }

    private float[][] attention(float[][] x, Weights.Layer layer, int window) {
        int width = shape.headDim();
        int group = shape.heads() / shape.keyValueHeads();
        float[][] qkv = linear(x, layer.attention(), layer.attentionBias());
        for (int t = 0; t < qkv.length; t++) {
            for (int head = 0; head < shape.heads() + shape.keyValueHeads(); head++) {
                norm(qkv[t], head * width, width, head < shape.heads() ? layer.queryNorm() : layer.keyNorm());
                rotate(qkv[t], head * width, t);
            }
        }
        float[][] out = new float[x.length][shape.queryWidth()];
        for (int t = 0; t < x.length; t++) {
            int first = window == 0 ? 0 : Math.max(0, t + 1 - window);
            for (int head = 0; head < shape.heads(); head++) {
                int key = (shape.heads() + head / group) * width;
                int value = key + shape.keyWidth();
                double[] scores = new double[t + 1];
                double most = Double.NEGATIVE_INFINITY;
                for (int s = first; s <= t; s++) {
                    for (int j = 0; j < width; j++) {
                        scores[s] += (double) qkv[t][head * width + j] * qkv[s][key + j];
                    }
                    scores[s] *= shape.scale();
                    most = Math.max(most, scores[s]);
                }
                double sum = 0;
                for (int s = first; s <= t; s++) {
                    scores[s] = Math.exp(scores[s] - most);
                    sum += scores[s];
                }
                for (int s = first; s <= t; s++) {
                    for (int j = 0; j < width; j++) {
                        out[t][head * width + j] += (float) (scores[s] / sum * qkv[s][value + j]);
                    }
                }
            }
        }
        return linear(out, layer.output(), layer.outputBias());
    }

    private void rotate(float[] row, int from, int position) {
        int half = shape.headDim() / 2;
        for (int j = 0; j < half; j++) {
            double angle = position * frequencies[j];
            double a = row[from + j];
            double b = row[from + half + j];
            row[from + j] = (float) (a * Math.cos(angle) - b * Math.sin(angle));
            row[from + half + j] = (float) (b * Math.cos(angle) + a * Math.sin(angle));
        }
    }

    private float[][] mlp(float[][] x, Weights.Layer layer) {
        float[][] gateUp = linear(x, layer.gateUp(), layer.gateUpBias());
        float[][] out = new float[x.length][shape.intermediate()];
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < shape.intermediate(); i++) {
                out[t][i] =
                        (float) (activation(shape.activation(), gateUp[t][i]) * gateUp[t][shape.intermediate() + i]);
            }
        }
        return linear(out, layer.down(), layer.downBias());
    }

    static double activation(Activation activation, double x) {
        return switch (activation) {
            case SILU -> x / (1 + Math.exp(-x));
            case GELU -> 0.5 * x * (1 + errorFunction(x / Math.sqrt(2)));
            case GELU_TANH -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            case RELU -> Math.max(x, 0);
        };
    }

    /** By its power series; exact enough for what a bfloat16 can tell. */
    private static double errorFunction(double x) {
        if (Math.abs(x) > 4) {
            return Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; n < 80; n++) {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return 2 / Math.sqrt(Math.PI) * sum;
    }

    private float[][] normed(float[][] x, float[] weight) {
        float[][] y = new float[x.length][];
        for (int t = 0; t < x.length; t++) {
            y[t] = x[t].clone();
            norm(y[t], 0, y[t].length, weight);
        }
        return y;
    }

    private void norm(float[] row, int from, int width, float[] weight) {
        if (weight.length == 0) {
            return;
        }
        double squares = 0;
        for (int i = 0; i < width; i++) {
            squares += (double) row[from + i] * row[from + i];
        }
        double scale = 1 / Math.sqrt(squares / width + shape.epsilon());
        for (int i = 0; i < width; i++) {
            row[from + i] = (float) (row[from + i] * scale * weight[i]);
        }
    }

    private static void add(float[][] x, float[][] delta) {
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < x[t].length; i++) {
                x[t][i] += delta[t][i];
            }
        }
    }

    /** Token by token in the innermost loop, which the compiler makes vector instructions of. */
    private static float[][] linear(float[][] x, float[] weight, float[] bias) {
        int inputs = x[0].length;
        int tokens = x.length;
        float[] columns = new float[inputs * tokens];
        for (int t = 0; t < tokens; t++) {
            for (int i = 0; i < inputs; i++) {
                columns[i * tokens + t] = x[t][i];
            }
        }
        float[][] y = new float[tokens][weight.length / inputs];
        IntStream.range(0, weight.length / inputs).parallel().forEach(o -> {
            float[] sums = new float[tokens];
            for (int i = 0; i < inputs; i++) {
                add(sums, weight[o * inputs + i], columns, i * tokens);
            }
            for (int t = 0; t < tokens; t++) {
                y[t][o] = sums[t] + (bias.length == 0 ? 0 : bias[o]);
            }
        });
        return y;
    }

    private static void add(float[] sums, float weight, float[] column, int from) {
        for (int t = 0; t < sums.length; t++) {
            sums[t] += weight * column[from + t];
        }
    }
}
