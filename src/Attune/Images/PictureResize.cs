namespace Attune.Images;

/// <summary>
/// Pillow's resizing of 8-bit pictures, to the bit: first all rows, then all columns, each sum in integers with weights of 22 bits and rounded to
/// 8 bits (libImaging's Resample.c).
/// </summary>
internal static class PictureResize
{
    private const int WeightBits = 32 - 8 - 2;

    /// <summary>The picture in another size.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="width">The new width; at least 1.</param>
    /// <param name="height">The new height; at least 1.</param>
    /// <param name="resampling">How.</param>
    public static Picture To(Picture picture, int width, int height, Resampling resampling)
    {
        if (width == picture.Width && height == picture.Height)
        {
            return picture;
        }

        if (resampling == Resampling.Nearest)
        {
            return Nearest(picture, width, height);
        }

        var wide = width == picture.Width ? picture : Across(picture, width, resampling);
        return height == wide.Height ? wide : Down(wide, height, resampling);
    }

    private static Picture Across(Picture picture, int width, Resampling resampling)
    {
        var weights = Weights.Of(picture.Width, width, resampling);
        byte[] source = picture.Rgb, target = new byte[(long)width * picture.Height * 3];
        for (int y = 0; y < picture.Height; y++)
        {
            int row = y * picture.Width * 3;
            for (int x = 0; x < width; x++)
            {
                var (first, factors) = weights[x];
                Sum(source, row + (first * 3), 3, factors, target.AsSpan(((y * width) + x) * 3, 3));
            }
        }

        return new Picture(width, picture.Height, target);
    }

    private static Picture Down(Picture picture, int height, Resampling resampling)
    {
        var weights = Weights.Of(picture.Height, height, resampling);
        int stride = picture.Width * 3;
        byte[] target = new byte[(long)stride * height];
        for (int y = 0; y < height; y++)
        {
            var (first, factors) = weights[y];
            for (int x = 0; x < picture.Width; x++)
            {
                Sum(picture.Rgb, (first * stride) + (x * 3), stride, factors, target.AsSpan((y * stride) + (x * 3), 3));
            }
        }

        return new Picture(picture.Width, height, target);
    }

    // Three channels of a place: the weighted sum of pixels that lie a step apart.
    private static void Sum(byte[] source, int at, int step, int[] factors, Span<byte> target)
    {
        int red = 1 << (WeightBits - 1), green = red, blue = red;
        foreach (int factor in factors)
        {
            red += source[at] * factor;
            green += source[at + 1] * factor;
            blue += source[at + 2] * factor;
            at += step;
        }

        target[0] = (byte)Math.Clamp(red >> WeightBits, 0, 255);
        target[1] = (byte)Math.Clamp(green >> WeightBits, 0, 255);
        target[2] = (byte)Math.Clamp(blue >> WeightBits, 0, 255);
    }

    private static Picture Nearest(Picture picture, int width, int height)
    {
        int[] columns = Places(picture.Width, width), rows = Places(picture.Height, height);
        byte[] target = new byte[(long)width * height * 3];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                picture.Rgb.AsSpan(((rows[y] * picture.Width) + columns[x]) * 3, 3).CopyTo(target.AsSpan(((y * width) + x) * 3, 3));
            }
        }

        return new Picture(width, height, target);
    }

    // Added up step by step, as Pillow does, with its rounding.
    private static int[] Places(int from, int to)
    {
        double scale = from / (double)to, at = scale * 0.5;
        int[] places = new int[to];
        for (int i = 0; i < to; i++, at += scale)
        {
            places[i] = Math.Min((int)at, from - 1);
        }

        return places;
    }

    /// <summary>For every new pixel, the first old one that counts and the weights from there on.</summary>
    private static class Weights
    {
        public static (int First, int[] Factors)[] Of(int from, int to, Resampling resampling)
        {
            var (filter, reach) = Filter(resampling);
            double scale = from / (double)to, wide = Math.Max(scale, 1), support = reach * wide;
            var weights = new (int, int[])[to];
            for (int i = 0; i < to; i++)
            {
                double center = (i + 0.5) * scale;
                int first = Math.Max(0, (int)(center - support + 0.5)), end = Math.Min(from, (int)(center + support + 0.5));
                double[] factors = [.. Enumerable.Range(first, end - first).Select(place => filter((place - center + 0.5) * (1 / wide)))];
                double total = factors.Sum();
                weights[i] = (first, [.. factors.Select(factor => Rounded(total == 0 ? factor : factor / total))]);
            }

            return weights;
        }

        private static int Rounded(double factor) => (int)((factor < 0 ? -0.5 : 0.5) + (factor * (1 << WeightBits)));

        private static (Func<double, double> Filter, double Reach) Filter(Resampling resampling) => resampling switch
        {
            Resampling.Bilinear => (x => Math.Max(0, 1 - Math.Abs(x)), 1),
            Resampling.Bicubic => (Cubic, 2),
            Resampling.Lanczos => (x => x is >= -3 and < 3 ? Sinc(x) * Sinc(x / 3) : 0, 3),
            Resampling.Box => (x => x is > -0.5 and <= 0.5 ? 1 : 0, 0.5),
            Resampling.Hamming => (x => Math.Abs(x) < 1 ? Sinc(x) * (0.54 + (0.46 * Math.Cos(Math.PI * x))) : 0, 1),
            _ => throw new ArgumentOutOfRangeException(nameof(resampling), resampling, "is no way of resampling"),
        };

        private static double Cubic(double x)
        {
            const double A = -0.5;
            x = Math.Abs(x);
            if (x < 1)
            {
                return ((((A + 2) * x) - (A + 3)) * x * x) + 1;
            }

            return x < 2 ? ((((x - 5) * x) + 8) * x - 4) * A : 0;
        }

        private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(x * Math.PI) / (x * Math.PI);
    }
}
