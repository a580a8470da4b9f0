using System.Numerics;
using System.Runtime.CompilerServices;

namespace Attune.Nn;

/// <summary>
/// e^x of a vector of float32, wrong by two units in the last place at most: .NET's own goes through double precision and takes four times as
/// long. Below -87 it gives what -87 gives, 10^-38; above 88 what 88 gives.
/// </summary>
internal static class VectorExp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Of(Vector<float> x)
    {
        // The processor's own comparisons and conversion: .NET's, which think of every case, take as long as the polynomial. Of one that is no
        // number the second is given, so that it stays none.
        x = Vector.MinNative(new Vector<float>(88), Vector.MaxNative(new Vector<float>(-87), x));

        // x = n ln 2 + r with |r| at most ln 2 / 2; ln 2 in two parts, so that r is exact.
        var whole = Vector.Round(x * new Vector<float>(1.44269504f));
        var r = Vector.FusedMultiplyAdd(whole, new Vector<float>(-0.693359375f), x);
        r = Vector.FusedMultiplyAdd(whole, new Vector<float>(2.12194440e-4f), r);

        // Cephes' polynomial of e^r.
        var p = Vector.FusedMultiplyAdd(new Vector<float>(1.9875691500e-4f), r, new Vector<float>(1.3981999507e-3f));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(8.3334519073e-3f));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(4.1665795894e-2f));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(1.6666665459e-1f));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(5.0000001201e-1f));
        p = Vector.FusedMultiplyAdd(p, r * r, r + Vector<float>.One);
        return p * Vector.AsVectorSingle((Vector.ConvertToInt32Native(whole) + new Vector<int>(127)) << 23);
    }
}
