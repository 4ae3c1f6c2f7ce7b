package dev.plimsoll.server.architecture;

/**
 * How positions turn into angles. Arithmetic is float32, as in transformers.
 *
 * @see <a href="https://github.com/huggingface/transformers/blob/main/src/transformers/modeling_rope_utils.py">the
 *     reference</a>
 */
sealed interface RopeSettings {
    double theta();

    /** {@code 1 / theta^(2i/dim)}. */
    record Plain(double theta) implements RopeSettings {}

    /** Positions divided by {@code factor}. */
    record Linear(double theta, double factor) implements RopeSettings {}

    /** Low frequencies divided by {@code factor}, high ones kept, those between blended. */
    record Llama3(double theta, double factor, double lowFactor, double highFactor, double originalPositions)
            implements RopeSettings {
        private float scaled(float frequency) {
            double wavelength = 2 * Math.PI / frequency;
            double blend = (originalPositions / wavelength - lowFactor) / (highFactor - lowFactor);
            if (wavelength < originalPositions / highFactor) {
                return frequency;
            }
            if (wavelength > originalPositions / lowFactor) {
                return (float) (frequency / factor);
            }
            return (float) ((1 - blend) * frequency / factor + blend * frequency);
        }
    }

    /**
     * Angle per position of each pair of a head's elements.
     *
     * @param dim width of a head
     * @return [dim / 2]
     */
    default float[] inverseFrequencies(int dim) {
        float[] frequencies = new float[dim / 2];
        for (int i = 0; i < frequencies.length; i++) {
            float plain = 1.0f / (float) Math.pow(theta(), (float) (2 * i) / dim);
            frequencies[i] = switch (this) {
                case Plain p -> plain;
                case Linear linear -> plain / (float) linear.factor();
                case Llama3 llama3 -> llama3.scaled(plain);
            };
        }
        return frequencies;
    }
}
