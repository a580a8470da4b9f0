using System.Text;

namespace Attune.Text.Patterns;

/// <summary>A set of code points, as a character class writes it.</summary>
internal abstract record CodePointSet
{
    public abstract bool Contains(int codePoint);

    /// <summary>Code points from <paramref name="First"/> to <paramref name="Last"/>.</summary>
    public sealed record Range(int First, int Last) : CodePointSet
    {
        public override bool Contains(int codePoint) => codePoint >= First && codePoint <= Last;
    }

    /// <summary>Code points with a property.</summary>
    public sealed record Property(string Name, Func<int, bool> Has) : CodePointSet
    {
        public override bool Contains(int codePoint) => Has(codePoint);
    }

    /// <summary>All that are in one of several sets.</summary>
    public sealed record Union(IReadOnlyList<CodePointSet> Sets) : CodePointSet
    {
        public override bool Contains(int codePoint)
        {
            foreach (CodePointSet set in Sets)
            {
                if (set.Contains(codePoint))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>All that are in both.</summary>
    public sealed record Both(CodePointSet One, CodePointSet Other) : CodePointSet
    {
        public override bool Contains(int codePoint) => One.Contains(codePoint) && Other.Contains(codePoint);
    }

    /// <summary>All that are not in a set.</summary>
    public sealed record Not(CodePointSet Set) : CodePointSet
    {
        public override bool Contains(int codePoint) => !Set.Contains(codePoint);
    }

    /// <summary>All that are in a set in one case or another.</summary>
    public sealed record AnyCase(CodePointSet Set) : CodePointSet
    {
        public override bool Contains(int codePoint)
        {
            if (Set.Contains(codePoint))
            {
                return true;
            }

            var rune = new Rune(codePoint);
            int folded = codePoint switch { 0x17F => 's', 0x212A => 'k', 0x212B => 0xE5, _ => Rune.ToLowerInvariant(rune).Value };
            return Set.Contains(folded) || Set.Contains(Rune.ToUpperInvariant(new Rune(folded)).Value)
                || (folded == 's' && Set.Contains(0x17F)) || (folded == 'k' && Set.Contains(0x212A)) || (folded == 0xE5 && Set.Contains(0x212B));
        }
    }
}
