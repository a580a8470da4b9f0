namespace Attune.Text.Models;

/// <summary>Pieces of a vocabulary by their UTF-16 units: all that begin at a place are found in one walk.</summary>
internal sealed class PieceTrie
{
    /// <summary>The node at which every walk begins.</summary>
    public const int Root = 0;

    // From a node and a unit to the next node; ranked by the id of the piece that ends there, plus one.
    private readonly PairTable edges = new(capacity: 1024);
    private int nodes = 1;

    /// <summary>Adds a piece, which is not empty.</summary>
    public void Add(string piece, int id)
    {
        int node = Root;
        for (int i = 0; i < piece.Length; i++)
        {
            ulong edge = edges.Find(node, piece[i]);
            int child = edge == PairTable.None ? nodes++ : (int)(uint)edge;
            int rank = edge == PairTable.None ? 0 : (int)(edge >> 32);
            edges.Add(node, piece[i], i == piece.Length - 1 ? id + 1 : rank, child);
            node = child;
        }
    }

    /// <summary>Goes on by one unit; false where no piece goes on so.</summary>
    /// <param name="node">The node, which becomes the next.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="id">The piece that ends there, or -1.</param>
    public bool Next(ref int node, char unit, out int id)
    {
        ulong edge = edges.Find(node, unit);
        node = (int)(uint)edge;
        id = edge == PairTable.None ? -1 : (int)(edge >> 32) - 1;
        return edge != PairTable.None;
    }

    /// <summary>The longest piece with which the text begins: its length in units, or 0.</summary>
    public int Longest(ReadOnlySpan<char> text, out int id)
    {
        (int node, int length) = (Root, 0);
        id = -1;
        for (int i = 0; i < text.Length && Next(ref node, text[i], out int found); i++)
        {
            if (found >= 0)
            {
                (id, length) = (found, i + 1);
            }
        }

        return length;
    }
}
