using Attune.Verification;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Objectives;

public sealed class CrossEntropyTests
{
    public static TheoryData<string, CrossEntropyOptions> Options { get; } = new()
    {
        { "plain", new CrossEntropyOptions() },
        { "smoothing", new CrossEntropyOptions(LabelSmoothing: 0.1) },
        { "z-loss", new CrossEntropyOptions(ZLoss: 1e-2) },
        { "both, in small chunks", new CrossEntropyOptions(0.2, 1e-3, ChunkBytes: 1) },
    };

    public static IEnumerable<TheoryDataRow<string>> Fixtures() =>
        Attune.Fixtures.Names("objective", name => name is "objective/chunked-cross-entropy" or "objective/causal-lm");

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void The_loss_is_the_references(string name) => Attune.Fixtures.Check(new ObjectiveCheck(), name);

    [Theory]
    [MemberData(nameof(Options), DisableDiscoveryEnumeration = true)]
    public void The_loss_and_its_gradients_are_the_plain_ones(string name, CrossEntropyOptions options)
    {
        Assert.NotEmpty(name);
        using var scope = NewDisposeScope();
        random.manual_seed(3);

        // No multiples of a vector's or a chunk's length.
        foreach ((long rows, long width, long vocabulary) in new[] { (1L, 3L, 5L), (130, 24, 1003), (257, 16, 64) })
        {
            foreach (bool withBias in new[] { false, true })
            {
                Tensor[] Inputs() => [.. new[] { rand(rows, width), rand(vocabulary, width), rand(vocabulary) }.Select((one, i) => one.sub(0.5).mul(i + 3).requires_grad_())];
                Tensor[] chunked = Inputs(), plain = [.. chunked.Select(one => one.detach().clone().requires_grad_())];
                Tensor targets = randint(0, vocabulary, rows, dtype: int64);
                Tensor expected = CrossEntropy.Plain(plain[0], plain[1], withBias ? plain[2] : null, targets, options);
                (Tensor sum, long count) = CrossEntropy.Loss(chunked[0], chunked[1], withBias ? chunked[2] : null, targets, options);
                Assert.Equal(rows, count);
                AssertClose(expected, sum, 1e-6);
                (expected / 7).backward();
                (sum / 7).backward();
                for (int i = 0; i < (withBias ? 3 : 2); i++)
                {
                    AssertClose(plain[i].grad!, chunked[i].grad!, 1e-5);
                }

                AssertClose(expected, CrossEntropy.PerRow(chunked[0], chunked[1], withBias ? chunked[2] : null, targets, options).sum(), 1e-6);
            }
        }
    }

    [Fact]
    public void A_chunk_in_bfloat16_has_float32_statistics()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(4);
        Tensor logits = (rand(9, 1003) * 30).to(bfloat16), targets = randint(0, 1003, 9, dtype: int64);
        Tensor copy = logits.clone(), losses = zeros(9), plain = zeros(9);
        var options = new CrossEntropyOptions(0.1, 1e-3);
        CrossEntropyKernel.Losses(logits, targets, losses, options, gradient: true);
        CrossEntropyKernel.Plain(copy, targets, plain, options, gradient: true);
        AssertClose(plain, losses, 1e-6);

        // Where the last float32 bit differs a value may round to the neighbour.
        Assert.True(logits.ne(copy).sum().ToInt64() < 10);
        AssertClose(copy.to(float32), logits.to(float32), 1e-2);
    }

    [Fact]
    public void A_bfloat16_weight_is_trained_from_float32_and_from_bfloat16_states()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(6);
        foreach ((ScalarType states, double tolerance) in new[] { (float32, 5e-3), (bfloat16, 2e-2) })
        {
            Tensor[] Inputs() => [.. new[] { randn(70, 8).to(states), randn(33, 8).to(bfloat16), randn(33).to(bfloat16) }.Select(one => one.requires_grad_())];
            Tensor[] chunked = Inputs(), plain = [.. chunked.Select(one => one.detach().clone().requires_grad_())];
            Tensor targets = randint(0, 33, 70, dtype: int64);
            CrossEntropy.Loss(chunked[0], chunked[1], chunked[2], targets, new CrossEntropyOptions(ChunkBytes: 1)).Sum.backward();
            CrossEntropy.Plain(plain[0], plain[1], plain[2], targets, CrossEntropyOptions.Default).backward();
            for (int i = 0; i < 3; i++)
            {
                Assert.Equal(plain[i].dtype, chunked[i].grad!.dtype);
                AssertClose(plain[i].grad!.to(float32), chunked[i].grad!.to(float32), tolerance);
            }
        }
    }

    [Fact]
    public void A_frozen_weight_gets_no_gradient_and_a_frozen_input_none_either()
    {
        using var scope = NewDisposeScope();
        Tensor hidden = rand(5, 4).requires_grad_(), weight = rand(7, 4), targets = zeros(5, dtype: int64);
        CrossEntropy.Loss(hidden, weight, null, targets).Sum.backward();
        Assert.NotNull(hidden.grad);
        Assert.Null(weight.grad);
        Tensor trained = weight.clone().requires_grad_();
        CrossEntropy.Loss(hidden.detach(), trained, null, targets).Sum.backward();
        Assert.NotNull(trained.grad);
        Assert.False(CrossEntropy.Loss(hidden.detach(), weight, null, targets).Sum.requires_grad);
    }

    [Fact]
    public void A_weight_that_is_the_embedding_too_gets_both_gradients()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        Tensor table = rand(11, 6).requires_grad_(), twin = table.detach().clone().requires_grad_();
        Tensor ids = tensor(new long[] { 3, 3, 10 }), targets = tensor(new long[] { 1, 0, 3 });
        CrossEntropy.Loss(table.index_select(0, ids).tanh(), table, null, targets).Sum.backward();
        CrossEntropy.Plain(twin.index_select(0, ids).tanh(), twin, null, targets, CrossEntropyOptions.Default).backward();
        AssertClose(twin.grad!, table.grad!, 1e-5);
    }

    [Fact]
    public void Extreme_logits_stay_finite_and_a_NaN_is_not_hidden()
    {
        using var scope = NewDisposeScope();
        Tensor hidden = tensor(new float[] { 1, -1, float.NaN }).reshape(3, 1).requires_grad_();
        Tensor weight = tensor(new float[] { 20000, -20000, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }).reshape(12, 1);
        Tensor losses = CrossEntropy.PerRow(hidden, weight, null, tensor(new long[] { 1, 1, 1 }));
        Assert.Equal(40000f, losses[0].ToSingle());
        Assert.Equal(0f, losses[1].ToSingle());
        Assert.True(float.IsNaN(losses[2].ToSingle()));
    }

    [Fact]
    public void No_rows_are_a_loss_of_zero()
    {
        using var scope = NewDisposeScope();
        Tensor hidden = rand(0, 4).requires_grad_();
        (Tensor sum, long count) = CrossEntropy.Loss(hidden, rand(7, 4).requires_grad_(), null, zeros(0, dtype: int64));
        sum.backward();
        Assert.Equal((0f, 0L), (sum.ToSingle(), count));
    }

    [Fact]
    public void A_target_outside_the_vocabulary_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => CrossEntropy.PerRow(rand(1, 4), rand(7, 4), null, tensor(new long[] { 7 })));

    [Fact]
    public void A_step_leaves_no_tensors_behind()
    {
        using var scope = NewDisposeScope();
        Tensor hidden = rand(50, 4).requires_grad_(), weight = rand(70, 4).requires_grad_(), targets = zeros(50, dtype: int64);
        var alive = new List<long>();
        for (int step = 0; step < 4; step++)
        {
            using (var inner = NewDisposeScope())
            {
                CrossEntropy.Loss(hidden, weight, null, targets, new CrossEntropyOptions(ChunkBytes: 1)).Sum.backward();
            }

            alive.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }

        Assert.Equal(alive[1], alive[2]);
        Assert.Equal(alive[1], alive[3]);
    }

    private static void AssertClose(Tensor expected, Tensor actual, double tolerance)
    {
        double most = expected.abs().max().ToDouble(), off = (expected - actual).abs().max().ToDouble();
        Assert.True(off <= tolerance * most, $"off by {off}, of {most}");
    }
}
