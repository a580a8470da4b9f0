namespace Attune.Metrics;

/// <summary>Probabilities that tests and intervals need, to about 13 digits.</summary>
internal static class Distributions
{
    private static readonly double[] Lanczos =
    [
        0.99999999999999709182, 57.156235665862923517, -59.597960355475491248, 14.136097974741747174, -0.49191381609762019978,
        0.33994649984811888699e-4, 0.46523628927048575665e-4, -0.98374475304879564677e-4, 0.15808870322491248884e-3, -0.21026444172410488319e-3,
        0.21743961811521264320e-3, -0.16431810653676389022e-3, 0.84418223983852743293e-4, -0.26190838401581408670e-4, 0.36899182659531622704e-5,
    ];

    /// <summary>How likely a standard normal number is above <paramref name="x"/>.</summary>
    public static double NormalAbove(double x)
    {
        if (x < 0)
        {
            return 1 - NormalAbove(-x);
        }

        if (double.IsPositiveInfinity(x))
        {
            return 0;
        }

        // Half of chi-squared's tail with one degree of freedom: a series near 0, a continued fraction beyond.
        double half = x * x / 2;
        if (half < 1.5)
        {
            (double term, double sum) = (2, 2);
            for (int n = 1; n < 200 && term > sum * 1e-17; n++)
            {
                term *= half / (n + 0.5);
                sum += term;
            }

            return 0.5 - (sum * Math.Sqrt(half) * Math.Exp(-half) / Math.Sqrt(Math.PI) / 2);
        }

        double b = half + 0.5;
        (double c, double d) = (1e300, 1 / b);
        double fraction = d;
        for (int n = 1; n < 500; n++)
        {
            double a = -n * (n - 0.5);
            b += 2;
            d = 1 / ((a * d) + b);
            c = b + (a / c);
            fraction *= d * c;
            if (Math.Abs((d * c) - 1) < 1e-16)
            {
                break;
            }
        }

        return fraction * Math.Sqrt(half) * Math.Exp(-half) / Math.Sqrt(Math.PI) / 2;
    }

    /// <summary>The number above which a standard normal one is with that probability.</summary>
    public static double NormalQuantileAbove(double probability) => Bisect(x => NormalAbove(x) > probability, -40, 40);

    /// <summary>How likely Student's t is at least that far from 0, either way.</summary>
    public static double StudentTwoSided(double t, double degrees) =>
        double.IsNaN(t) ? double.NaN : BetaBelow(degrees / (degrees + (t * t)), degrees / 2, 0.5);

    /// <summary>How likely a number of the beta distribution is below <paramref name="x"/>: the regularised incomplete beta function.</summary>
    public static double BetaBelow(double x, double a, double b)
    {
        if (x <= 0 || x >= 1)
        {
            return x <= 0 ? 0 : 1;
        }

        double front = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + (a * Math.Log(x)) + (b * Math.Log(1 - x)));
        return x < (a + 1) / (a + b + 2) ? front * BetaFraction(x, a, b) / a : 1 - (front * BetaFraction(1 - x, b, a) / b);
    }

    /// <summary>The number below which one of the beta distribution is with that probability.</summary>
    public static double BetaQuantile(double probability, double a, double b) => Bisect(x => BetaBelow(x, a, b) < probability, 0, 1);

    /// <summary>How likely at most <paramref name="count"/> of <paramref name="n"/> tosses of a fair coin are heads.</summary>
    public static double CoinAtMost(int count, int n) => count >= n ? 1 : BetaBelow(0.5, n - count, count + 1);

    private static double LogGamma(double x)
    {
        double sum = Lanczos[0];
        for (int i = 1; i < Lanczos.Length; i++)
        {
            sum += Lanczos[i] / (x + i);
        }

        double shifted = x + (671.0 / 128);
        return ((x + 0.5) * Math.Log(shifted)) - shifted + Math.Log(2.5066282746310005 * sum / x);
    }

    /// <summary>The continued fraction of the incomplete beta function, by Lentz's method.</summary>
    private static double BetaFraction(double x, double a, double b)
    {
        const double Least = 1e-300;
        static double Away(double value) => Math.Abs(value) < Least ? Least : value;
        double c = 1;
        double d = 1 / Away(1 - ((a + b) * x / (a + 1)));
        double fraction = d;
        for (int m = 1; m < 1000; m++)
        {
            double even = m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)));
            d = 1 / Away(1 + (even * d));
            c = Away(1 + (even / c));
            fraction *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            d = 1 / Away(1 + (odd * d));
            c = Away(1 + (odd / c));
            fraction *= d * c;
            if (Math.Abs((d * c) - 1) < 1e-16)
            {
                break;
            }
        }

        return fraction;
    }

    private static double Bisect(Func<double, bool> isBelow, double low, double high)
    {
        for (int i = 0; i < 200; i++)
        {
            double middle = low + ((high - low) / 2);
            (low, high) = isBelow(middle) ? (middle, high) : (low, middle);
        }

        return low + ((high - low) / 2);
    }
}
