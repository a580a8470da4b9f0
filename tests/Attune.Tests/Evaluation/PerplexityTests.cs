using Attune.Models;
using Attune.Native;
using Attune.Nn;
using Attune.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Evaluation;

public sealed class PerplexityTests : IDisposable
{
    private readonly LanguageModel model = ModelLoader.Load(TestPaths.SharedOrSkip("parity/_models/llama-generate"), float32, float32).Model;

    public void Dispose() => model.Dispose();

    [Fact]
    public void Packed_rows_lose_what_each_loses_alone_counted_where_trained()
    {
        TokenRow[] rows =
        [
            Row([5, 6, 7, 8, 9], true, false, true, true, false),
            Row([1, 2, 3], true, true, true),
            Row([4], true),
            Row([9, 8, 7, 6], false, false, false, false),
            Row([10, 11, 12, 13, 14, 15, 16], false, false, true, true, true, true, true),
        ];
        var done = new List<int>();
        var losses = Perplexity.OfRows(model, rows, 8, new Told(done.Add), TestContext.Current.CancellationToken);
        Assert.Equal([2, 2, 0, 0, 5], losses.Select(loss => loss.Count));
        Assert.Equal(5, done[^1]);
        for (int i = 0; i < rows.Length; i++)
        {
            Assert.Equal(ByHand(rows[i]), losses[i].Sum, 1e-4);
        }
    }

    [Fact]
    public void What_tuning_added_to_the_output_layer_counts()
    {
        TokenRow[] rows = [Row([5, 6, 7, 8, 9], true, true, true, true, true)];
        double before = Perplexity.OfRows(model, rows, cancellationToken: TestContext.Current.CancellationToken)[0].Sum;
        model.OutputProjection.Delta = new Halved();
        var after = Perplexity.OfRows(model, rows, cancellationToken: TestContext.Current.CancellationToken)[0];
        Assert.Equal(ByHand(rows[0]), after.Sum, 1e-4);
        Assert.NotEqual(before, after.Sum, 1e-3);
    }

    [Fact]
    public void Windows_cover_every_token_once()
    {
        int[] text = [.. Enumerable.Range(0, 50).Select(i => (i * 7) % 97)];
        foreach (var (window, stride) in new[] { (16, 16), (16, 5), (16, 1), (64, 64), (50, 50), (49, 20) })
        {
            var windows = Perplexity.OfText(model, text, window, stride, cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal(50, windows.Sum(one => one.Targets));
            Assert.Equal(50, windows[^1].End);
            Assert.Equal(50 - (stride == window ? windows.Count : 1), Perplexity.Sum(windows).Count);
        }

        Assert.Empty(Perplexity.OfText(model, [], 16, 16, cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Rows_that_the_model_cannot_read_are_refused_with_their_number()
    {
        void Refused(string message, params int[] ids) => Assert.Contains(message, Assert.Throws<AttuneException>(() =>
            Perplexity.OfRows(model, [Row([1, 2], true, true), Row(ids, new bool[ids.Length])], cancellationToken: TestContext.Current.CancellationToken)).Message);
        Refused("row 2: has 65 tokens", new int[65]);
        Refused("row 2: has the token 97, but the model knows 97 tokens", 1, 97);
        Refused("row 2: has the token -1, but the model knows 97 tokens", -1);
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        TokenRow[] rows = [.. Enumerable.Range(2, 12).Select(length => Row([.. Enumerable.Range(0, length)], [.. Enumerable.Repeat(true, length)]))];
        var alive = new List<long>();
        for (int i = 0; i < 3; i++)
        {
            Perplexity.OfRows(model, rows, 16, cancellationToken: TestContext.Current.CancellationToken);
            alive.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }

        Assert.Equal(alive[1], alive[2]);
    }

    private static TokenRow Row(int[] ids, params bool[] trained) => new(ids, trained);

    private double ByHand(TokenRow row)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var packed = PackedRows.From([row.Ids], CPU);
        float[] probabilities = TensorMemory.ToFloats(model.Logits(model.Hidden(packed)).log_softmax(-1));
        int vocabulary = model.VocabularySize;
        return Enumerable.Range(1, row.Ids.Length - 1).Where(place => row.Trained[place]).Sum(place => -probabilities[((place - 1) * vocabulary) + row.Ids[place]]);
    }

    private sealed class Halved : IDelta
    {
        public Tensor Add(Tensor input, Tensor output) => output * 0.5;
    }

    private sealed class Told(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
